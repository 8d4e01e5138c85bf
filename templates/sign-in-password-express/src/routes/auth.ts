/** How do people sign in, sign out and confirm or change their password? Who is signed in? */
import type { Request, Router } from 'express';
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
export function signInRoutes(routes: Router, { accounts, devices, lifecycle, store }: SignIn): void {
  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', (request, response) => {
    const content = contentOf(request);
    if (!content || !request.currentUser) return void response.json({ authenticated: false });
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    response.json({ authenticated: true, user: publicUser(request.currentUser), ...clocks });
  });

  routes.post('/auth/register', async (request, response) => {
    const { email, password } = parse(registrationInput, request.body);
    const user = await accounts.register(email, password, addressOf(request));
    await lifecycle.logIn(request, user, clientOf(request));
    response.append('Set-Cookie', devices.remember(user));
    response.status(201).json({ user: publicUser(user) });
  });

  routes.post('/auth/login', async (request, response) => {
    const { email, password } = parse(loginInput, request.body);
    const device: string | null = await devices.find(request.headers.cookie, email);
    const user = await accounts.authenticate(email, password, addressOf(request), device);
    await lifecycle.logIn(request, user, clientOf(request));
    response.append('Set-Cookie', devices.remember(user)).json({ user: publicUser(user) });
  });

  routes.post('/auth/logout', async (request, response) => {
    await lifecycle.logOut(request);
    clearSessionCookie(response);
    response.set(CLEAR_SITE_DATA).status(204).end();
  });
}

/** Members. */
export function accountRoutes(routes: Router, { accounts, devices, lifecycle, users }: SignIn): void {
  routes.post('/auth/reauthenticate', async (request, response) => {
    const { password } = parse(reauthenticationInput, request.body);
    const user = await accounts.confirm(userOf(request), password, addressOf(request), sessionIdOf(request));
    await lifecycle.regenerateAfterReauthentication(request, user);
    const content = contentOf(request);
    response.append('Set-Cookie', devices.remember(user));
    response.json({ reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) });
  });

  routes.post('/auth/password', async (request, response) => {
    const user = userOf(request);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), request.body);
    const sessionId = sessionIdOf(request);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, addressOf(request), sessionId);
    await lifecycle.regenerateAndEndOthers(request, changed);
    response.append('Set-Cookie', devices.remember(changed)).status(204).end();
  });

  routes.delete('/account', async (request, response) => {
    const { id } = userOf(request);
    lifecycle.requireRecentLogin(request);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(response);
    response.append('Set-Cookie', devices.forget());
    response.set(CLEAR_SITE_DATA).status(204).end();
  });
}

/** The client's address: the connection's, or what trusted proxies say; never a header that anybody can send. */
export function addressOf(request: Request): string {
  return request.ip ?? '';
}

export function clientOf(request: Request): Client {
  return { ip: truncatedAddress(addressOf(request)), userAgent: (request.get('user-agent') ?? '').slice(0, 256) };
}
