/** Registering, signing in and out, and giving the password again. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { shortenedAddress } from '../addresses.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { reauthenticatedUntil } from '../session/clocks.ts';
import type { Client } from '../session/content.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { loginInput, parse, passwordChangeInput, reauthenticationInput, registrationInput } from './inputs.ts';
import { USER_ANSWER } from './schemas.ts';
import type { Services } from './services.ts';

export const authRoutes: FastifyPluginAsync<Services> = async (routes, { accounts, guards, lifecycle }) => {
  routes.post('/auth/register', USER_ANSWER, async (request, reply) => {
    const { email, password } = parse(registrationInput, request.body);
    const user = await accounts.register(email, password, request.ip);
    await lifecycle.logIn(request, user, clientOf(request));
    return reply.code(201).send({ user: publicUser(user) });
  });

  routes.post('/auth/login', USER_ANSWER, async (request) => {
    const { email, password } = parse(loginInput, request.body);
    const user = await accounts.authenticate(email, password, request.ip);
    await lifecycle.logIn(request, user, clientOf(request));
    return { user: publicUser(user) };
  });

  routes.post('/auth/logout', async (request, reply) => {
    await lifecycle.logOut(request);
    clearSessionCookie(reply);
    return reply.headers(CLEAR_SITE_DATA).code(204).send();
  });

  routes.post('/auth/reauthenticate', async (request) => {
    const { email } = await guards.requireLogin(request, request.user);
    const { password } = parse(reauthenticationInput, request.body);
    const user = await accounts.authenticate(email, password, request.ip);
    await lifecycle.renew(request, user);
    const content = contentOf(request);
    return { reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) };
  });

  routes.post('/auth/password', async (request, reply) => {
    const user = await guards.requireLogin(request, request.user);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), request.body);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, request.ip);
    await lifecycle.renewAlone(request, changed);
    return reply.code(204).send();
  });
};

/** Its address is the connection's, or what trusted proxies say, never a header that anybody can send. */
export function clientOf({ ip, headers }: FastifyRequest): Client {
  return { ip: shortenedAddress(ip), userAgent: (headers['user-agent'] ?? '').slice(0, 256) };
}
