/** The session in use, and the list of one's own sessions with the means to end them (ASVS 7.5.2). */
import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../problems.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { handleOf, keyOf } from '../session/keys.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf, sessionIdOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { listedSession, sessionStatus } from './answers.ts';
import { SESSION_ANSWER, SESSIONS_ANSWER } from './schemas.ts';
import type { Services } from './services.ts';

export const sessionRoutes: FastifyPluginAsync<Services> = async (routes, { guards, lifecycle, store }) => {
  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', SESSION_ANSWER, async (request) => {
    const content = contentOf(request);
    if (!content || !request.user) return { authenticated: false };
    const record = { content, lastSeenAt: store.lastSeenAt(content) };
    return { authenticated: true, user: publicUser(request.user), ...sessionStatus(record) };
  });

  routes.get('/sessions', SESSIONS_ANSWER, async (request) => {
    const { id } = await guards.requireLogin(request, request.user);
    const current = keyOf(sessionIdOf(request));
    return (await store.list(id)).map((record) => listedSession(record, current));
  });

  routes.delete('/sessions', async (request) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    return { terminated: await lifecycle.logOutElsewhere(request, id) };
  });

  routes.delete<{ Params: { handle: string } }>('/sessions/:handle', async (request, reply) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    const { handle } = request.params;
    if (handle === handleOf(keyOf(sessionIdOf(request)))) {
      await lifecycle.logOut(request);
      clearSessionCookie(reply);
      reply.headers(CLEAR_SITE_DATA);
    } else if (!(await store.terminateByHandle(id, handle))) {
      // Another user's session, or none: the answer is the same.
      throw new Problem('not_found');
    }
    return reply.code(204).send();
  });
};
