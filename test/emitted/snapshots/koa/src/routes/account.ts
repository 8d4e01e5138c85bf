/** The account itself. */
import { Router } from '@koa/router';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import type { Services } from './services.ts';

export function accountRoutes({ guards, lifecycle, users }: Services): Router {
  const routes = new Router();

  routes.delete('/account', async (ctx) => {
    const { id } = await guards.requireLogin(ctx, ctx.state.user);
    guards.requireRecentLogin(ctx);
    // The user goes first: from then on no session of theirs is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(ctx, id);
    clearSessionCookie(ctx);
    ctx.set(CLEAR_SITE_DATA);
    ctx.status = 204;
  });

  return routes;
}
