/** The account itself. */
import { Router } from 'express';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import type { Services } from './services.ts';

export function accountRoutes({ guards, lifecycle, users }: Services) {
  const routes = Router();

  routes.delete('/account', async (request, response) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    // The user goes first: from then on no session of theirs is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(response);
    response.set(CLEAR_SITE_DATA).status(204).end();
  });

  return routes;
}
