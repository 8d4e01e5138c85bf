/** Where is the user signed in, and how do they end those sessions (ASVS 7.5.2)? */
import type { Router, RouterContext } from '@koa/router';
import { ApiError } from '../errors.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import type { Services } from '../services.ts';
import { listedSession } from '../session/content.ts';
import { clearSessionCookie, sessionIdOf, userOf } from '../session/http.ts';
import { handleOf, keyOf } from '../session/store.ts';

export function sessionRoutes(routes: Router, { lifecycle, store }: Services): void {
  routes.get('/sessions', async (ctx: RouterContext) => {
    const current = keyOf(sessionIdOf(ctx));
    const records = await store.list(userOf(ctx).id);
    ctx.body = records.map((record) => listedSession(handleOf(record.key), record, record.key === current));
  });

  routes.delete('/sessions', async (ctx: RouterContext) => {
    lifecycle.requireRecentLogin(ctx);
    const terminated: number = await lifecycle.logOutElsewhere(ctx, userOf(ctx).id);
    ctx.body = { terminated };
  });

  routes.delete('/sessions/:handle', async (ctx: RouterContext) => {
    lifecycle.requireRecentLogin(ctx);
    const { handle = '' } = ctx.params;
    if (handle === handleOf(keyOf(sessionIdOf(ctx)))) {
      await lifecycle.logOut(ctx);
      clearSessionCookie(ctx);
      ctx.set(CLEAR_SITE_DATA);
    } else {
      const isEnded: boolean = await store.endByHandle(userOf(ctx).id, handle);
      // Another user's session or none: the answer is the same.
      if (!isEnded) throw new ApiError('not_found');
    }
    ctx.status = 204;
  });
}
