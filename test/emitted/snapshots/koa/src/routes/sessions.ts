/** The session in use, and the list of one's own sessions with the means to end them (ASVS 7.5.2). */
import { Router } from '@koa/router';
import { Problem } from '../problems.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { handleOf, keyOf } from '../session/keys.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf, sessionIdOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { listedSession, sessionStatus } from './answers.ts';
import type { Services } from './services.ts';

export function sessionRoutes({ guards, lifecycle, store }: Services): Router {
  const routes = new Router();

  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', (ctx) => {
    const content = contentOf(ctx);
    if (!content || !ctx.state.user) {
      ctx.body = { authenticated: false };
      return;
    }
    const record = { content, lastSeenAt: store.lastSeenAt(content) };
    ctx.body = { authenticated: true, user: publicUser(ctx.state.user), ...sessionStatus(record) };
  });

  routes.get('/sessions', async (ctx) => {
    const { id } = await guards.requireLogin(ctx, ctx.state.user);
    const current = keyOf(sessionIdOf(ctx));
    ctx.body = (await store.list(id)).map((record) => listedSession(record, current));
  });

  routes.delete('/sessions', async (ctx) => {
    const { id } = await guards.requireLogin(ctx, ctx.state.user);
    guards.requireRecentLogin(ctx);
    ctx.body = { terminated: await lifecycle.logOutElsewhere(ctx, id) };
  });

  routes.delete('/sessions/:handle', async (ctx) => {
    const { id } = await guards.requireLogin(ctx, ctx.state.user);
    guards.requireRecentLogin(ctx);
    const { handle = '' } = ctx.params;
    if (handle === handleOf(keyOf(sessionIdOf(ctx)))) {
      await lifecycle.logOut(ctx);
      clearSessionCookie(ctx);
      ctx.set(CLEAR_SITE_DATA);
    } else if (!(await store.terminateByHandle(id, handle))) {
      // Another user's session, or none: the answer is the same.
      throw new Problem('not_found');
    }
    ctx.status = 204;
  });

  return routes;
}
