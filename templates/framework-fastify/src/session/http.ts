/**
 * How does @fastify/session do what lifecycle.ts decides? The only file that knows it: the cookie, the store's
 * interface, and the calls that give a request another session.
 */
import { callbackify } from 'node:util';
import fastifyCookie, { type CookieSerializeOptions } from '@fastify/cookie';
import fastifySession from '@fastify/session';
import type { FastifyInstance, FastifyReply, FastifyRequest, Session } from 'fastify';
import { ApiError } from '../errors.ts';
import { COOKIE_LIFETIME, COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import type { User } from '../users/accounts.ts';
import { absoluteExpiresAt } from './clocks.ts';
import type { SessionContent } from './content.ts';
import { handleOf, keyOf, newSessionId, type SessionStore } from './store.ts';

declare module 'fastify' {
  interface Session {
    /** In one property, as @fastify/session copies properties, and store.ts knows the content by its object. */
    content?: SessionContent;
  }

  interface FastifyRequest {
    /** Set for every request under /api; null for a visitor. */
    currentUser?: User | null;
  }
}

export type SessionRequest = FastifyRequest;

/** No Domain, so that no other host gets the cookie. No Max-Age: FastifyStore sets an end where one is wanted. */
const COOKIE = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: COOKIE_SAME_SITE,
} as const satisfies CookieSerializeOptions;

/** A cookie for this path is never read: loadSession() decides when a session is. */
const NOWHERE = '/nowhere';

/**
 * Gives the routes of this instance their sessions.
 * @param secrets the first signs, all verify
 */
export function useSessions(routes: FastifyInstance, store: SessionStore, secrets: string[]): void {
  routes.register(fastifyCookie);
  routes.register(fastifySession, {
    cookieName: COOKIE_NAME,
    secret: secrets,
    store: new FastifyStore(store),
    idGenerator: newSessionId,
    cookie: { path: NOWHERE },
    saveUninitialized: false,
  });
  routes.addHook('preHandler', async (request) => {
    // While it answers, @fastify/session deletes a cookie that is not the one it would send: one signed with an older
    // secret (which would sign its user out), or one that another request has just replaced. So it must not see any.
    const { [COOKIE_NAME]: cookie, ...others } = request.cookies;
    request.cookies = others;
    if (!cookie) return;
    await loadSession(request, cookie);
    // Only saveSession() saves. The cookie is not sent again: that would undo a login which overtook this request.
    Object.assign(request.session, { isModified: () => false, isSaved: () => false });
  });
}

/** What the session of this request holds; null for a visitor without one. */
export function contentOf(request: SessionRequest): SessionContent | null {
  return request.session?.content ?? null;
}

export function sessionIdOf(request: SessionRequest): string {
  return request.session.sessionId;
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
 * one; @fastify/session's regenerate() would do that too, but stores the new one while there is nothing in it.
 */
export async function regenerate(request: SessionRequest, content: SessionContent): Promise<void> {
  await loadSession(request, ''); // no cookie, so a new id
  request.session.content = content;
  await saveSession(request);
}

/** Waits until the database has what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession(request: SessionRequest): Promise<void> {
  try {
    await called((done) => request.session.save(done));
  } catch (error) {
    dropSession(request);
    throw error;
  }
}

/** The request has no session from here on: @fastify/session neither saves one nor sends a cookie for it. */
export function dropSession(request: SessionRequest): void {
  Reflect.deleteProperty(request, 'session');
}

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` cookie. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.setCookie(COOKIE_NAME, '', { ...COOKIE, expires: new Date(0) }); // clearCookie() adds a Max-Age
}

/** Gives the request the session that the cookie names, or a new and empty one that nobody has stored. */
async function loadSession(request: SessionRequest, cookie: string): Promise<void> {
  await called((done) => request.server.decryptSession(cookie, request, COOKIE, done));
}

function called(work: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => (error ? reject(error) : resolve()));
  });
}

/** Our store behind the interface that @fastify/session shares with express-session. It never calls `touch`. */
class FastifyStore implements fastifySession.SessionStore {
  readonly get: fastifySession.SessionStore['get'];
  readonly set: fastifySession.SessionStore['set'];
  readonly destroy: fastifySession.SessionStore['destroy'];

  constructor(store: SessionStore) {
    this.get = callbackify(async (id: string) => {
      const content = await store.read(id);
      // The cookie's attributes come from the policy, so that a change of policy holds for old sessions too.
      return content && { content, cookie: { originalMaxAge: null } };
    });
    this.set = callbackify(async (id: string, { content, cookie }: Session) => {
      if (!content) throw new Error('a session without content is not kept');
      await store.save(id, content);
      // A persistent cookie ends with its session.
      if (COOKIE_LIFETIME === 'absolute' && content.user) cookie.expires = new Date(absoluteExpiresAt(content));
    });
    this.destroy = callbackify(async (id: string) => {
      await store.end(id);
    });
  }
}
