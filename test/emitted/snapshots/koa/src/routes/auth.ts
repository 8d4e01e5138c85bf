/** Registering, signing in and out, and giving the password again. */
import { Router } from '@koa/router';
import type { ExtendableContext } from 'koa';
import { shortenedAddress } from '../addresses.ts';
import { CLEAR_SITE_DATA } from '../protection/headers.ts';
import { reauthenticatedUntil } from '../session/clocks.ts';
import type { Client } from '../session/content.ts';
import { clearSessionCookie } from '../session/middleware.ts';
import { contentOf } from '../session/rotation.ts';
import { publicUser } from '../users/user.ts';
import { loginInput, parse, passwordChangeInput, reauthenticationInput, registrationInput } from './inputs.ts';
import type { Services } from './services.ts';

export function authRoutes({ accounts, guards, lifecycle }: Services): Router {
  const routes = new Router();

  routes.post('/auth/register', async (ctx) => {
    const { email, password } = parse(registrationInput, ctx.request.body);
    const user = await accounts.register(email, password, ctx.ip);
    await lifecycle.logIn(ctx, user, clientOf(ctx));
    ctx.status = 201;
    ctx.body = { user: publicUser(user) };
  });

  routes.post('/auth/login', async (ctx) => {
    const { email, password } = parse(loginInput, ctx.request.body);
    const user = await accounts.authenticate(email, password, ctx.ip);
    await lifecycle.logIn(ctx, user, clientOf(ctx));
    ctx.body = { user: publicUser(user) };
  });

  routes.post('/auth/logout', async (ctx) => {
    await lifecycle.logOut(ctx);
    clearSessionCookie(ctx);
    ctx.set(CLEAR_SITE_DATA);
    ctx.status = 204;
  });

  routes.post('/auth/reauthenticate', async (ctx) => {
    const { email } = await guards.requireLogin(ctx, ctx.state.user);
    const { password } = parse(reauthenticationInput, ctx.request.body);
    const user = await accounts.authenticate(email, password, ctx.ip);
    await lifecycle.renew(ctx, user);
    const content = contentOf(ctx);
    ctx.body = { reauthenticatedUntil: content && new Date(reauthenticatedUntil(content)) };
  });

  routes.post('/auth/password', async (ctx) => {
    const user = await guards.requireLogin(ctx, ctx.state.user);
    const { currentPassword, newPassword } = parse(passwordChangeInput(user.email), ctx.request.body);
    const changed = await accounts.changePassword(user, currentPassword, newPassword, ctx.ip);
    await lifecycle.renewAlone(ctx, changed);
    ctx.status = 204;
  });

  return routes;
}

/** `ctx.ip` is what client-address.ts found, never a header that anybody can send. */
export function clientOf(ctx: ExtendableContext): Client {
  return { ip: shortenedAddress(ctx.ip), userAgent: ctx.get('user-agent').slice(0, 256) };
}
