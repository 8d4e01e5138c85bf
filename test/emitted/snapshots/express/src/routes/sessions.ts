/** Where is the user signed in, and how do they end those sessions (ASVS 7.5.2)? */
import type { Router } from 'express';
import { ApiError } from '../errors.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import type { Services } from '../services.ts';
import { listedSession } from '../session/content.ts';
import { clearSessionCookie, sessionIdOf, userOf } from '../session/http.ts';
import { handleOf, keyOf } from '../session/store.ts';

export function sessionRoutes(routes: Router, { lifecycle, store }: Services): void {
  routes.get('/sessions', async (request, response) => {
    const current = keyOf(sessionIdOf(request));
    const records = await store.list(userOf(request).id);
    response.json(records.map((record) => listedSession(handleOf(record.key), record, record.key === current)));
  });

  routes.delete('/sessions', async (request, response) => {
    lifecycle.requireRecentLogin(request);
    const terminated: number = await lifecycle.logOutElsewhere(request, userOf(request).id);
    response.json({ terminated });
  });

  routes.delete('/sessions/:handle', async (request, response) => {
    lifecycle.requireRecentLogin(request);
    const { handle } = request.params;
    if (handle === handleOf(keyOf(sessionIdOf(request)))) {
      await lifecycle.logOut(request);
      clearSessionCookie(response);
      response.set(CLEAR_SITE_DATA);
    } else {
      const isOwn: boolean = await store.endByHandle(userOf(request).id, handle);
      // Another user's session or none: the answer is the same.
      if (!isOwn) throw new ApiError('not_found');
    }
    response.status(204).end();
  });
}
