/** How do people sign in, sign out and confirm or change their password? Who is signed in? */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { truncatedAddress } from '../protection/https.ts';
import type { Devices } from '../protection/throttle.ts';
import type { Services } from '../services.ts';
import { reauthenticatedUntil } from '../session/clocks.ts';
import { type Client, sessionClocks } from '../session/content.ts';
import { clearSessionCookie, contentOf, sessionIdOf, userOf } from '../session/http.ts';
import { publicUser } from '../users/accounts.ts';
import { loginInput, parse, passwordChangeInput, reauthenticationInput, registrationInput } from './input.ts';

export type SignIn = Services & { devices: Devices };

/** Public. */
export async function signInRoutes(
  routes: FastifyInstance,
  { accounts, devices, lifecycle, store }: SignIn,
): Promise<void> {
  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', async (request) => {
    const content = contentOf(request);
    if (!content || !request.currentUser) return { authenticated: false };
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    return { authenticated: true, user: publicUser(request.currentUser), ...clocks };
  });

  routes.post('/auth/register', async (request, reply) => {
    const { email, password } = parse(registrationInput, request.body);
    const user = await accounts.register(email, password, request.ip);
    await lifecycle.logIn(request, user, clientOf(request));
    reply.header('Set-Cookie', devices.remember(user));
    return reply.code(201).send({ user: publicUser(user) });
  });

  routes.post('/auth/login', async (request, reply) => {
    const { email, password } = parse(loginInput, request.body);
    const device: string | null = await devices.find(request.headers.cookie, email);
    const user = await accounts.authenticate(email, password, request.ip, device);
    await lifecycle.logIn(request, user, clientOf(request));
    return reply.header('Set-Cookie', devices.remember(user)).send({ user: publicUser(user) });
  });

  routes.post('/auth/logout', async (request, reply) => {
    await lifecycle.logOut(request);
    clearSessionCookie(reply);
    return reply.headers(CLEAR_SITE_DATA).code(204).send();
  });
}

/** Members. */
export async function accountRoutes(
  routes: FastifyInstance,
  { accounts, devices, lifecycle, users }: SignIn,
): Promise<void> {
  routes.post('/auth/reauthenticate', async (request, reply) => {
    const { password } = parse(reauthenticationInput, request.body);
    const user = await accounts.confirm(userOf(request), password, request.ip, sessionIdOf(request));
    await lifecycle.regenerateAfterReauthentication(request, user);
    const content = contentOf(request);
    reply.header('Set-Cookie', devices.remember(user));
    return { reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) };
  });

  routes.post('/auth/password', async (request, reply) => {
    const user = userOf(request);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), request.body);
    const sessionId = sessionIdOf(request);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, request.ip, sessionId);
    await lifecycle.regenerateAndEndOthers(request, changed);
    return reply.header('Set-Cookie', devices.remember(changed)).code(204).send();
  });

  routes.delete('/account', async (request, reply) => {
    const { id } = userOf(request);
    lifecycle.requireRecentLogin(request);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(reply);
    reply.header('Set-Cookie', devices.forget());
    return reply.headers(CLEAR_SITE_DATA).code(204).send();
  });
}

/** Its address is the connection's, or what trusted proxies say; never a header that anybody can send. */
export function clientOf({ ip, headers }: FastifyRequest): Client {
  return { ip: truncatedAddress(ip), userAgent: (headers['user-agent'] ?? '').slice(0, 256) };
}
