/** Where is the user signed in, and how do they end those sessions (ASVS 7.5.2)? */
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import type { Services } from '../services.ts';
import { listedSession } from '../session/content.ts';
import { clearSessionCookie, sessionIdOf, userOf } from '../session/http.ts';
import { handleOf, keyOf } from '../session/store.ts';

/** Members. */
export async function sessionRoutes(routes: FastifyInstance, { lifecycle, store }: Services): Promise<void> {
  routes.get('/sessions', async (request) => {
    const current = keyOf(sessionIdOf(request));
    const records = await store.list(userOf(request).id);
    return records.map((record) => listedSession(handleOf(record.key), record, record.key === current));
  });

  routes.delete('/sessions', async (request) => {
    lifecycle.requireRecentLogin(request);
    const terminated: number = await lifecycle.logOutElsewhere(request, userOf(request).id);
    return { terminated };
  });

  routes.delete<{ Params: { handle: string } }>('/sessions/:handle', async (request, reply) => {
    lifecycle.requireRecentLogin(request);
    const { handle } = request.params;
    if (handle === handleOf(keyOf(sessionIdOf(request)))) {
      await lifecycle.logOut(request);
      clearSessionCookie(reply);
      reply.headers(CLEAR_SITE_DATA);
    } else {
      const ended: boolean = await store.endByHandle(userOf(request).id, handle);
      // Another user's session or none: the answer is the same.
      if (!ended) throw new ApiError('not_found');
    }
    return reply.code(204).send();
  });
}
