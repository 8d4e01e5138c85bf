/**
 * How does express-session do what lifecycle.ts decides? The only file that knows it: the cookie, the store's interface,
 * and the calls that give a request another session.
 */
import { callbackify } from 'node:util';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import session, { type Session } from 'express-session';
import { ApiError } from '../errors.ts';
import { COOKIE_LIFETIME, COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import type { User } from '../users/accounts.ts';
import { absoluteExpiresAt } from './clocks.ts';
import type { SessionContent } from './content.ts';
import { handleOf, keyOf, newSessionId, type SessionStore } from './store.ts';

declare module 'express-session' {
  interface SessionData extends Partial<SessionContent> {}
}

declare global {
  namespace Express {
    interface Request {
      /** Set for every request under /api; null for a visitor. */
      currentUser?: User | null;
    }
  }
}

export type SessionRequest = Request;

/** No Domain, so that no other host gets the cookie. No Max-Age: keepExpires() sets an end where one is wanted. */
const COOKIE: CookieOptions & session.CookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: COOKIE_SAME_SITE,
};

/** @param secrets the first signs, all verify */
export function sessionMiddleware(store: SessionStore, secrets: string[]): RequestHandler {
  return session({
    name: COOKIE_NAME,
    secret: secrets,
    store: new ExpressStore(store),
    genid: newSessionId,
    cookie: COOKIE,
    resave: false,
    saveUninitialized: false,
  });
}

/** What the session of this request holds; null for a visitor without one. */
export function contentOf(request: SessionRequest): SessionContent | null {
  const session: Partial<SessionContent> | undefined = request.session;
  return session && hasContent(session) ? session : null;
}

export function sessionIdOf(request: SessionRequest): string {
  return request.sessionID;
}

/** The user, in routes that requireLogin guards. @throws ApiError `unauthenticated` in any other route */
export function userOf(request: SessionRequest): User {
  if (!request.currentUser) throw new ApiError('unauthenticated');
  return request.currentUser;
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
 * one; express-session's regenerate() would do that too, but does not say whether there was one left to end.
 */
export async function regenerate(request: SessionRequest, content: SessionContent): Promise<void> {
  request.sessionStore.generate(request);
  Object.assign(request.session, content);
  await saveSession(request);
  keepExpires(request.session);
}

/** Waits until the database has what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession(request: SessionRequest): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      request.session.save((error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    dropSession(request);
    throw error;
  }
}

/** The request has no session from here on: express-session neither saves one nor sends a cookie for it. */
export function dropSession(request: SessionRequest): void {
  Reflect.deleteProperty(request, 'session');
}

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` cookie. */
export function clearSessionCookie(response: Response): void {
  response.clearCookie(COOKIE_NAME, COOKIE);
}

/**
 * Our store behind express-session's interface. It has no `touch`: express-session would call it when the headers are
 * out and a failure can no longer be a 503. requireLogin does it earlier.
 */
class ExpressStore extends session.Store {
  readonly #store: SessionStore;
  override get: session.Store['get'] = callbackify(async (id: string) => {
    const content = await this.#store.read(id);
    // The cookie's attributes come from the policy, so that a change of policy holds for old sessions too.
    const cookie = { ...COOKIE, originalMaxAge: null } as session.Cookie;
    return content && Object.assign(content, { cookie });
  });
  override set: session.Store['set'] = callbackify((id: string, data: session.SessionData) => {
    return this.#store.save(id, data);
  });
  /** express-session has it; the app ends sessions in lifecycle.ts. */
  override destroy: session.Store['destroy'] = callbackify(async (id: string) => {
    await this.#store.end(id);
  });

  constructor(store: SessionStore) {
    super();
    this.#store = store;
  }

  override createSession(...[request, data]: Parameters<session.Store['createSession']>) {
    const created = super.createSession(request, data);
    this.#store.carryOver(data, created);
    keepExpires(created);
    return created;
  }
}

/**
 * A persistent cookie ends with its session. express-session's touch() would move Expires with each answer, so it is
 * taken away.
 */
function keepExpires(session: Session & Partial<SessionContent>): void {
  if (COOKIE_LIFETIME !== 'absolute' || !hasContent(session) || !session.user) return;
  session.cookie.expires = new Date(absoluteExpiresAt(session));
  Object.defineProperty(session, 'touch', { value: () => session });
}

function hasContent(session: Partial<SessionContent>): session is SessionContent {
  return session.renewedAt !== undefined;
}
