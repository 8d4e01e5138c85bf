/**
 * The session of a request: found by the signed id in the cookie, kept at `ctx.session`.
 *
 * Our own instead of koa-session 7.0.2, of which nothing would be left in use: it sets the cookie in the middle of a
 * login, so that a 503 carries one; saves in a `finally`, where a failure hides the first error; goes on naming an id
 * that was replaced; and signs in a second cookie, which is issued again without SameSite (pillarjs/cookies#22).
 * @see https://github.com/koajs/session/issues/113
 */
import Keygrip from 'keygrip';
import type { ExtendableContext, Middleware } from 'koa';
import { COOKIE_LIFETIME, COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import { absoluteExpiresAt } from './clocks.ts';
import type { SessionContent } from './content.ts';
import type { SessionStore } from './store.ts';

/** No Domain, so that no other host gets the cookie. */
const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: COOKIE_SAME_SITE };

/** @param secrets the first signs, all verify, so that a secret can be replaced without signing anybody out */
export function sessionMiddleware(store: SessionStore, secrets: string[]): Middleware {
  const keys = new Keygrip(secrets, 'sha256');
  return async (ctx, next) => {
    ctx.cookies.secure = true; // plain-http.ts lets nothing else through; Koa does not see the TLS of a proxy
    ctx.sessionStore = store;
    const id = verified(ctx.cookies.get(COOKIE_NAME), keys);
    const content = id && (await store.read(id));
    ctx.session = content ? { id, content, isNew: false } : null;

    await next(); // An error goes past the rest: no cookie comes with it, whatever was begun.

    if (!ctx.session?.isNew) return;
    const { id: newId, content: newContent } = ctx.session;
    ctx.cookies.set(COOKIE_NAME, `${newId}.${keys.sign(newId)}`, { ...COOKIE, expires: cookieEnd(newContent) });
  };
}

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` one. */
export function clearSessionCookie({ cookies }: Pick<ExtendableContext, 'cookies'>): void {
  cookies.set(COOKIE_NAME, null, COOKIE);
}

/** The id in a cookie's value; empty when the signature is not ours. */
function verified(value = '', keys: Keygrip): string {
  const dot = value.lastIndexOf('.');
  const id = value.slice(0, dot);
  return dot > 0 && keys.verify(id, value.slice(dot + 1)) ? id : '';
}

/** A persistent cookie ends with its session; the others end with the browser. */
function cookieEnd(content: SessionContent): Date | undefined {
  return COOKIE_LIFETIME === 'absolute' && content.user ? new Date(absoluteExpiresAt(content)) : undefined;
}
