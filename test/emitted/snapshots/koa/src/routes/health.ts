/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
import { Router } from '@koa/router';

export function healthRoutes(ping: () => Promise<void>): Router {
  const routes = new Router();
  routes.get('/livez', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  routes.get('/readyz', async (ctx) => {
    await ping();
    ctx.body = { status: 'ok' };
  });
  return routes;
}
