/**
 * How does a Koa request carry the session that lifecycle.ts decides on? The only file that knows the cookie, and the
 * calls that give a request another session.
 *
 * Our own middleware instead of koa-session 7.0.2, of which nothing would be left in use: it sets the cookie in the
 * middle of a login, so that a 503 carries one; saves in a `finally`, where a failure hides the first error; goes on
 * naming an id that was replaced; and signs in a second cookie, which is sent again without SameSite.
 * @see https://github.com/koajs/session/issues/113, https://github.com/pillarjs/cookies/issues/22
 */
import Keygrip from 'keygrip';
import type { Context, ExtendableContext, Middleware } from 'koa';
import { ApiError } from '../errors.ts';
import type { Next } from '../middleware.ts';
import { COOKIE_LIFETIME, COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import type { User } from '../users/accounts.ts';
import { absoluteExpiresAt } from './clocks.ts';
import type { SessionContent } from './content.ts';
import { handleOf, keyOf, newSessionId, SessionEnded, type SessionStore } from './store.ts';

interface RequestSession {
  id: string;
  content: SessionContent;
  /** The client does not know the id yet: the answer carries the cookie. */
  isNew: boolean;
}

declare module 'koa' {
  interface ExtendableContext {
    /** Set for every request under /api; null for a visitor without one. */
    session?: RequestSession | null;
    sessionStore: SessionStore;
    /** Set for every request under /api; null for a visitor. */
    currentUser?: User | null;
  }
}

export type SessionRequest = ExtendableContext;

/** No Domain, so that no other host gets the cookie. No Max-Age: cookieEnd() sets an end where one is wanted. */
const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: COOKIE_SAME_SITE };

/** @param secrets the first signs, all verify */
export function sessionMiddleware(store: SessionStore, secrets: string[]): Middleware {
  const keys = new Keygrip(secrets, 'sha256');
  return async (ctx: Context, next: Next) => {
    ctx.cookies.secure = true; // https.ts lets nothing else through; Koa does not see the TLS of a proxy
    ctx.sessionStore = store;
    const id = verifiedId(ctx.cookies.get(COOKIE_NAME), keys);
    const content = id ? await store.read(id) : null;
    ctx.session = content && { id, content, isNew: false };

    await next(); // An error skips the rest, so no cookie comes with it, whatever was begun.

    if (!ctx.session?.isNew) return;
    const { id: newId, content: newContent } = ctx.session;
    ctx.cookies.set(COOKIE_NAME, `${newId}.${keys.sign(newId)}`, { ...COOKIE, expires: cookieEnd(newContent) });
  };
}

/** What the session of this request holds; null for a visitor without one. */
export function contentOf({ session }: SessionRequest): SessionContent | null {
  return session?.content ?? null;
}

export function sessionIdOf({ session }: SessionRequest): string {
  return session?.id ?? '';
}

/** The user, in routes that requireLogin guards. @throws ApiError `unauthenticated` in any other route */
export function userOf({ currentUser }: SessionRequest): User {
  if (!currentUser) throw new ApiError('unauthenticated');
  return currentUser;
}

/** For the log: ids that open nothing. */
export function whoIs(request: SessionRequest): { user?: string; session?: string } {
  return {
    ...(request.currentUser && { user: request.currentUser.id }),
    ...(contentOf(request) && { session: handleOf(keyOf(sessionIdOf(request))) }),
  };
}

/**
 * Gives the request a new session under a new id, and waits until the database has it. The caller has ended the old
 * one.
 */
export async function regenerate(request: SessionRequest, content: SessionContent): Promise<void> {
  request.session = { id: newSessionId(), content, isNew: true };
  await saveSession(request);
}

/** Waits until the database has what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession(request: SessionRequest): Promise<void> {
  const { session } = request;
  const store: SessionStore = request.sessionStore;
  if (!session) throw new SessionEnded();
  try {
    await store.save(session.id, session.content);
  } catch (error) {
    dropSession(request);
    throw error;
  }
}

/** The request has no session from here on, and its answer no cookie. */
export function dropSession(request: SessionRequest): void {
  request.session = null;
}

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` cookie. */
export function clearSessionCookie({ cookies }: SessionRequest): void {
  cookies.set(COOKIE_NAME, null, COOKIE);
}

/** The id in a cookie's value; empty when the signature is not ours. */
function verifiedId(value = '', keys: Keygrip): string {
  const dot = value.lastIndexOf('.');
  const id = value.slice(0, dot);
  return dot > 0 && keys.verify(id, value.slice(dot + 1)) ? id : '';
}

/** A persistent cookie ends with its session; any other one ends with the browser. */
function cookieEnd(content: SessionContent): Date | undefined {
  return COOKIE_LIFETIME === 'absolute' && content.user ? new Date(absoluteExpiresAt(content)) : undefined;
}
