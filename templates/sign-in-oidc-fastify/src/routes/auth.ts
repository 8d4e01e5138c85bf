/** How do people sign in, sign out and prove again who they are? Who is signed in? */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CLEAR_SITE_DATA, NO_STORE } from '../protection/headers.ts';
import { truncatedAddress } from '../protection/https.ts';
import type { Services } from '../services.ts';
import { type Client, sessionClocks } from '../session/content.ts';
import { clearSessionCookie, contentOf, userOf } from '../session/http.ts';
import { publicUser } from '../users/accounts.ts';
import { finishInput, parse, signInInput } from './input.ts';

/** Public. */
export async function signInRoutes(routes: FastifyInstance, { lifecycle, signIn, store }: Services): Promise<void> {
  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', async (request) => {
    const content = contentOf(request);
    if (!content || !request.currentUser) return { authenticated: false };
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    return { authenticated: true, user: publicUser(request.currentUser), ...clocks };
  });

  routes.post('/auth/sign-in', async (request, reply) => {
    const input = parse(signInInput, request.body ?? {});
    const { continueAt, cookie } = await signIn.begin(request, input, request.ip);
    if (cookie) reply.header('Set-Cookie', cookie);
    return { continueAt };
  });

  routes.post('/auth/sign-in/finish', async (request) => {
    const { query } = parse(finishInput, request.body);
    const { user, returnTo } = await signIn.finish(request, query, clientOf(request), request.ip);
    return { user: publicUser(user), returnTo };
  });

  // Ours first: then it is over here, whether or not the user goes on to the provider.
  routes.post('/auth/logout', async (request, reply) => {
    const wasSignedIn = Boolean(request.currentUser);
    await lifecycle.logOut(request);
    clearSessionCookie(reply);
    reply.headers(CLEAR_SITE_DATA);
    const continueAt = wasSignedIn ? await signIn.logOutUrl() : null;
    return continueAt ? { continueAt } : reply.code(204).send();
  });
}

/** Members. */
export async function accountRoutes(routes: FastifyInstance, { lifecycle, users }: Services): Promise<void> {
  routes.delete('/account', async (request, reply) => {
    const { id } = userOf(request);
    lifecycle.requireRecentLogin(request);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(reply);
    return reply.headers(CLEAR_SITE_DATA).code(204).send();
  });
}

/** For the provider, outside /api: it sends a form and no cookie, and its signature is all that counts. */
export async function backChannelRoutes(routes: FastifyInstance, { backChannel }: Services): Promise<void> {
  routes.post('/auth/back-channel-logout', async ({ raw }, reply) => {
    const isValid: boolean = await backChannel.logOut(raw);
    reply.headers(NO_STORE).code(isValid ? 200 : 400);
    return isValid ? {} : { error: 'invalid_request' }; // as OpenID Connect Back-Channel Logout says
  });
}

/** Its address is the connection's, or what trusted proxies say; never a header that anybody can send. */
export function clientOf({ ip, headers }: FastifyRequest): Client {
  return { ip: truncatedAddress(ip), userAgent: (headers['user-agent'] ?? '').slice(0, 256) };
}
