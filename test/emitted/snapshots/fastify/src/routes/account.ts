/** The account itself. */
import type { FastifyPluginAsync } from 'fastify';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import type { Services } from './services.ts';

export const accountRoutes: FastifyPluginAsync<Services> = async (routes, { guards, lifecycle, users }) => {
  routes.delete('/account', async (request, reply) => {
    const { id } = await guards.requireLogin(request, request.user);
    guards.requireRecentLogin(request);
    // The user goes first: from then on no session of theirs is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(reply);
    return reply.headers(CLEAR_SITE_DATA).code(204).send();
  });
};
