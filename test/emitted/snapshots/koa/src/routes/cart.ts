/** An example: what may a visitor gather before signing in? */
import type { Router, RouterContext } from '@koa/router';
import type { Services } from '../services.ts';
import { contentOf, saveSession } from '../session/http.ts';
import { clientOf } from './auth.ts';
import { cartInput, parse } from './input.ts';

/** Public. */
export function cartRoutes(routes: Router, { lifecycle, throttle }: Services): void {
  routes.get('/cart', async (ctx: RouterContext) => {
    await lifecycle.noteActivity(ctx);
    ctx.body = { items: contentOf(ctx)?.cart ?? [] };
  });

  routes.put('/cart', async (ctx: RouterContext) => {
    const { items } = parse(cartInput, ctx.request.body);
    const content = contentOf(ctx);
    if (content) {
      await lifecycle.noteActivity(ctx);
      content.cart = items;
      await saveSession(ctx);
    } else {
      await throttle.limitAnonymousSessions(ctx.ip);
      await lifecycle.startAnonymous(ctx, clientOf(ctx), { cart: items });
    }
    ctx.body = { items };
  });
}
