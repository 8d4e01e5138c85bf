/** The session in use, and the list of one's own sessions with the means to end them (ASVS 7.5.2). */
import { Router } from 'express';
import { Problem } from '../problems.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { handleOf, keyOf } from '../session/keys.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf, sessionIdOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { listedSession, sessionStatus } from './answers.ts';
import type { Services } from './services.ts';

export function sessionRoutes({ guards, lifecycle, store }: Services) {
  const routes = Router();

  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', (request, response) => {
    const content = contentOf(request);
    if (!content || !request.user) {
      response.json({ authenticated: false });
      return;
    }
    const record = { content, lastSeenAt: store.lastSeenAt(content) };
    response.json({ authenticated: true, user: publicUser(request.user), ...sessionStatus(record) });
  });

  routes.get('/sessions', async (request, response) => {
    const { id } = await guards.requireLogin(request, request.user);
    const current = keyOf(sessionIdOf(request));
    response.json((await store.list(id)).map((record) => listedSession(record, current)));
  });

  routes.delete('/sessions', async (request, response) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    response.json({ terminated: await lifecycle.logOutElsewhere(request, id) });
  });

  routes.delete('/sessions/:handle', async (request, response) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    const { handle } = request.params;
    if (handle === handleOf(keyOf(sessionIdOf(request)))) {
      await lifecycle.logOut(request);
      clearSessionCookie(response);
      response.set(CLEAR_SITE_DATA);
    } else if (!(await store.terminateByHandle(id, handle))) {
      // Another user's session, or none: the answer is the same.
      throw new Problem('not_found');
    }
    response.status(204).end();
  });

  return routes;
}
