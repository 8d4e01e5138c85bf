/** How do people sign in, sign out and prove again who they are? Who is signed in? */
import type { IRouter, Request, Router } from 'express';
import { CLEAR_SITE_DATA, NO_STORE } from '../protection/headers.ts';
import { truncatedAddress } from '../protection/https.ts';
import type { Services } from '../services.ts';
import { type Client, sessionClocks } from '../session/content.ts';
import { clearSessionCookie, contentOf, userOf } from '../session/http.ts';
import { publicUser } from '../users/accounts.ts';
import { finishInput, parse, signInInput } from './input.ts';

/** Public. */
export function signInRoutes(routes: Router, { lifecycle, signIn, store }: Services): void {
  // Does not count as activity: a page that polls must not keep an unattended browser signed in.
  routes.get('/session', (request, response) => {
    const content = contentOf(request);
    if (!content || !request.currentUser) {
      response.json({ authenticated: false });
      return;
    }
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    response.json({ authenticated: true, user: publicUser(request.currentUser), ...clocks });
  });

  routes.post('/auth/sign-in', async (request, response) => {
    const input = parse(signInInput, request.body ?? {});
    const { continueAt, cookie } = await signIn.begin(request, input, addressOf(request));
    if (cookie) response.append('Set-Cookie', cookie);
    response.json({ continueAt });
  });

  routes.post('/auth/sign-in/finish', async (request, response) => {
    const { query } = parse(finishInput, request.body);
    const { user, returnTo } = await signIn.finish(request, query, clientOf(request), addressOf(request));
    response.json({ user: publicUser(user), returnTo });
  });

  // Ours first: then it is over here, whether or not the user goes on to the provider.
  routes.post('/auth/logout', async (request, response) => {
    const wasSignedIn = Boolean(request.currentUser);
    await lifecycle.logOut(request);
    clearSessionCookie(response);
    response.set(CLEAR_SITE_DATA);
    const continueAt = wasSignedIn ? await signIn.logOutUrl() : null;
    if (continueAt) response.json({ continueAt });
    else response.status(204).end();
  });
}

/** Members. */
export function accountRoutes(routes: Router, { lifecycle, users }: Services): void {
  routes.delete('/account', async (request, response) => {
    const { id } = userOf(request);
    lifecycle.requireRecentLogin(request);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(request, id);
    clearSessionCookie(response);
    response.set(CLEAR_SITE_DATA).status(204).end();
  });
}

/** For the provider, outside /api: it sends a form and no cookie, and its signature is all that counts. */
export function backChannelRoutes(routes: IRouter, { backChannel }: Services): void {
  routes.post('/auth/back-channel-logout', async (request, response) => {
    const isValid: boolean = await backChannel.logOut(request);
    response.set(NO_STORE).status(isValid ? 200 : 400);
    response.json(isValid ? {} : { error: 'invalid_request' }); // as OpenID Connect Back-Channel Logout says
  });
}

/** The client's address: the connection's, or what trusted proxies say; never a header that anybody can send. */
export function addressOf(request: Request): string {
  return request.ip ?? '';
}

export function clientOf(request: Request): Client {
  return {
    ip: truncatedAddress(addressOf(request)),
    userAgent: (request.get('user-agent') ?? '').slice(0, 256),
  };
}
