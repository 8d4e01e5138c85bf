/** The example of data that a visitor gathers before signing in. */
import { Router } from '@koa/router';
import { contentOf, saveSession } from '../session/rotation.ts';
import { clientOf } from './auth.ts';
import { cartInput, parse } from './inputs.ts';
import type { Services } from './services.ts';

export function cartRoutes({ guards, lifecycle, throttle }: Services): Router {
  const routes = new Router();

  routes.get('/cart', async (ctx) => {
    await guards.keepAlive(ctx);
    ctx.body = { items: contentOf(ctx)?.cart ?? [] };
  });

  routes.put('/cart', async (ctx) => {
    const { items } = parse(cartInput, ctx.request.body);
    const content = contentOf(ctx);
    if (content) {
      await guards.keepAlive(ctx);
      content.cart = items;
      await saveSession(ctx);
    } else {
      await throttle.takeForAnonymousSession(ctx.ip);
      await lifecycle.startAnonymous(ctx, clientOf(ctx), items);
    }
    ctx.body = { items };
  });

  return routes;
}
