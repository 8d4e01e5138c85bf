/** Registering, signing in and out, and giving the password again. */
import { type Request, Router } from 'express';
import { shortenedAddress } from '../addresses.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { reauthenticatedUntil } from '../session/clocks.ts';
import type { Client } from '../session/content.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { loginInput, parse, passwordChangeInput, reauthenticationInput, registrationInput } from './inputs.ts';
import type { Services } from './services.ts';

export function authRoutes({ accounts, guards, lifecycle }: Services) {
  const routes = Router();

  routes.post('/auth/register', async (request, response) => {
    const { email, password } = parse(registrationInput, request.body);
    const user = await accounts.register(email, password, addressOf(request));
    await lifecycle.logIn(request, user, clientOf(request));
    response.status(201).json({ user: publicUser(user) });
  });

  routes.post('/auth/login', async (request, response) => {
    const { email, password } = parse(loginInput, request.body);
    const user = await accounts.authenticate(email, password, addressOf(request));
    await lifecycle.logIn(request, user, clientOf(request));
    response.json({ user: publicUser(user) });
  });

  routes.post('/auth/logout', async (request, response) => {
    await lifecycle.logOut(request);
    clearSessionCookie(response);
    response.set(CLEAR_SITE_DATA).status(204).end();
  });

  routes.post('/auth/reauthenticate', async (request, response) => {
    const { email } = await guards.requireLogin(request, request.user);
    const { password } = parse(reauthenticationInput, request.body);
    const user = await accounts.authenticate(email, password, addressOf(request));
    await lifecycle.renew(request, user);
    const content = contentOf(request);
    response.json({ reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) });
  });

  routes.post('/auth/password', async (request, response) => {
    const user = await guards.requireLogin(request, request.user);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), request.body);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, addressOf(request));
    await lifecycle.renewAlone(request, changed);
    response.status(204).end();
  });

  return routes;
}

/** The client's address: the connection's, or what trusted proxies say, never a header that anybody can send. */
export function addressOf(request: Request): string {
  return request.ip ?? '';
}

export function clientOf(request: Request): Client {
  return {
    ip: shortenedAddress(addressOf(request)),
    userAgent: (request.get('user-agent') ?? '').slice(0, 256),
  };
}
