/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
import { Router } from 'express';

export function healthRoutes(ping: () => Promise<void>): Router {
  const routes = Router();
  routes.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  routes.get('/readyz', async (_request, response) => {
    await ping();
    response.json({ status: 'ok' });
  });
  return routes;
}
