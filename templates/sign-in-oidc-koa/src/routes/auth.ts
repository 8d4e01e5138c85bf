/** How do people sign in, sign out and prove again who they are? Who is signed in? */
import type { Router, RouterContext } from '@koa/router';
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
  routes.get('/session', (ctx: RouterContext) => {
    const content = contentOf(ctx);
    if (!content || !ctx.currentUser) {
      ctx.body = { authenticated: false };
      return;
    }
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    ctx.body = { authenticated: true, user: publicUser(ctx.currentUser), ...clocks };
  });

  routes.post('/auth/sign-in', async (ctx: RouterContext) => {
    const input = parse(signInInput, ctx.request.body ?? {});
    const { continueAt, cookie } = await signIn.begin(ctx, input, ctx.ip);
    if (cookie) ctx.append('Set-Cookie', cookie);
    ctx.body = { continueAt };
  });

  routes.post('/auth/sign-in/finish', async (ctx: RouterContext) => {
    const { query } = parse(finishInput, ctx.request.body);
    const { user, returnTo } = await signIn.finish(ctx, query, clientOf(ctx), ctx.ip);
    ctx.body = { user: publicUser(user), returnTo };
  });

  // Ours first: then it is over here, whether or not the user goes on to the provider.
  routes.post('/auth/logout', async (ctx: RouterContext) => {
    const wasSignedIn = Boolean(ctx.currentUser);
    await lifecycle.logOut(ctx);
    clearSessionCookie(ctx);
    ctx.set(CLEAR_SITE_DATA);
    const continueAt = wasSignedIn ? await signIn.logOutUrl() : null;
    if (continueAt) ctx.body = { continueAt };
    else ctx.status = 204;
  });
}

/** Members. */
export function accountRoutes(routes: Router, { lifecycle, users }: Services): void {
  routes.delete('/account', async (ctx: RouterContext) => {
    const { id } = userOf(ctx);
    lifecycle.requireRecentLogin(ctx);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(ctx, id);
    clearSessionCookie(ctx);
    ctx.set(CLEAR_SITE_DATA);
    ctx.status = 204;
  });
}

/** For the provider, outside /api: it sends a form and no cookie, and its signature is all that counts. */
export function backChannelRoutes(routes: Router, { backChannel }: Services): void {
  routes.post('/auth/back-channel-logout', async (ctx: RouterContext) => {
    const isValid: boolean = await backChannel.logOut(ctx.req);
    ctx.set(NO_STORE);
    ctx.status = isValid ? 200 : 400;
    ctx.body = isValid ? {} : { error: 'invalid_request' }; // as OpenID Connect Back-Channel Logout says
  });
}

/** `ctx.ip` is the connection's address, or what trusted proxies say: app.ts sets it, from no header anybody can send. */
export function clientOf(ctx: RouterContext): Client {
  return { ip: truncatedAddress(ctx.ip), userAgent: ctx.get('user-agent').slice(0, 256) };
}
