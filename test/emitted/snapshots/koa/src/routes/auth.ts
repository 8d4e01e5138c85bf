/** How do people sign in, sign out and confirm or change their password? Who is signed in? */
import type { Router, RouterContext } from '@koa/router';
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
  routes.get('/session', (ctx: RouterContext) => {
    const content = contentOf(ctx);
    if (!content || !ctx.currentUser) {
      ctx.body = { authenticated: false };
      return;
    }
    const clocks = sessionClocks({ content, lastSeenAt: store.lastSeenAt(content) });
    ctx.body = { authenticated: true, user: publicUser(ctx.currentUser), ...clocks };
  });

  routes.post('/auth/register', async (ctx: RouterContext) => {
    const { email, password } = parse(registrationInput, ctx.request.body);
    const user = await accounts.register(email, password, ctx.ip);
    await lifecycle.logIn(ctx, user, clientOf(ctx));
    ctx.append('Set-Cookie', devices.remember(user));
    ctx.status = 201;
    ctx.body = { user: publicUser(user) };
  });

  routes.post('/auth/login', async (ctx: RouterContext) => {
    const { email, password } = parse(loginInput, ctx.request.body);
    const device: string | null = await devices.find(ctx.headers.cookie, email);
    const user = await accounts.authenticate(email, password, ctx.ip, device);
    await lifecycle.logIn(ctx, user, clientOf(ctx));
    ctx.append('Set-Cookie', devices.remember(user));
    ctx.body = { user: publicUser(user) };
  });

  routes.post('/auth/logout', async (ctx: RouterContext) => {
    await lifecycle.logOut(ctx);
    clearSessionCookie(ctx);
    ctx.set(CLEAR_SITE_DATA);
    ctx.status = 204;
  });
}

/** Members. */
export function accountRoutes(routes: Router, { accounts, devices, lifecycle, users }: SignIn): void {
  routes.post('/auth/reauthenticate', async (ctx: RouterContext) => {
    const { password } = parse(reauthenticationInput, ctx.request.body);
    const user = await accounts.confirm(userOf(ctx), password, ctx.ip, sessionIdOf(ctx));
    await lifecycle.regenerateAfterReauthentication(ctx, user);
    const content = contentOf(ctx);
    ctx.append('Set-Cookie', devices.remember(user));
    ctx.body = { reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) };
  });

  routes.post('/auth/password', async (ctx: RouterContext) => {
    const user = userOf(ctx);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), ctx.request.body);
    const sessionId = sessionIdOf(ctx);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, ctx.ip, sessionId);
    await lifecycle.regenerateAndEndOthers(ctx, changed);
    ctx.append('Set-Cookie', devices.remember(changed));
    ctx.status = 204;
  });

  routes.delete('/account', async (ctx: RouterContext) => {
    const { id } = userOf(ctx);
    lifecycle.requireRecentLogin(ctx);
    // The user goes first: from then on none of their sessions is let through, whatever happens to the records.
    await users.remove(id);
    await lifecycle.logOutEverywhere(ctx, id);
    clearSessionCookie(ctx);
    ctx.append('Set-Cookie', devices.forget());
    ctx.set(CLEAR_SITE_DATA);
    ctx.status = 204;
  });
}

/** `ctx.ip` is the connection's address, or what trusted proxies say: app.ts sets it, from no header anybody can send. */
export function clientOf(ctx: RouterContext): Client {
  return { ip: truncatedAddress(ctx.ip), userAgent: ctx.get('user-agent').slice(0, 256) };
}
