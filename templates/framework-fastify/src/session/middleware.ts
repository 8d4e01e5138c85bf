/** @fastify/session, set up for this app's cookie and store. */
import { callbackify } from 'node:util';
import fastifyCookie, { type CookieSerializeOptions } from '@fastify/cookie';
import fastifySession from '@fastify/session';
import type { FastifyInstance, FastifyReply, Session } from 'fastify';
import { COOKIE_LIFETIME, COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import { absoluteExpiresAt } from './clocks.ts';
import { newSessionId } from './keys.ts';
import type { SessionStore } from './store.ts';

/** No Domain, so that no other host gets the cookie, and no Max-Age: a persistent one gets its end when it is saved. */
const COOKIE = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: COOKIE_SAME_SITE,
} as const satisfies CookieSerializeOptions;

/**
 * Gives the routes of this instance their sessions.
 * @param secrets the first signs, all verify, so that a secret can be replaced without signing anybody out
 */
export async function useSessions(app: FastifyInstance, store: SessionStore, secrets: string[]): Promise<void> {
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    cookieName: COOKIE_NAME,
    secret: secrets,
    store: new FastifyStore(store),
    idGenerator: newSessionId,
    cookie: COOKIE,
    saveUninitialized: false,
  });
  // While answering, @fastify/session deletes a cookie that is not the one it would send: one signed with an older
  // secret (whose user would be signed out), one that has ended (another request may just have replaced it), one that
  // a login replaces (two Set-Cookie of one name). And it sends the one it sees anew with each answer. A cookie it does
  // not see it leaves alone.
  // @see https://github.com/fastify/session/blob/v11.1.3/index.js, onSend
  app.addHook('onRequest', async (request) => {
    request.cookies = {};
  });
}

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` one. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE_NAME, COOKIE);
}

/**
 * Our store behind the interface that @fastify/session shares with express-session. It never calls touch(): the
 * guards note activity, before the handler runs.
 */
class FastifyStore implements fastifySession.SessionStore {
  readonly get: fastifySession.SessionStore['get'];
  readonly set: fastifySession.SessionStore['set'];
  readonly destroy: fastifySession.SessionStore['destroy'];

  constructor(store: SessionStore) {
    // Without cookie attributes: they come from the policy, so that a change of it holds for old sessions too.
    this.get = callbackify(async (id: string) => {
      const content = await store.read(id);
      return content && { content, cookie: { originalMaxAge: null } };
    });
    this.set = callbackify(async (id: string, { content, cookie }: Session) => {
      if (!content) throw new Error('a session without content is not kept');
      await store.save(id, content);
      if (COOKIE_LIFETIME === 'absolute' && content.user) cookie.expires = new Date(absoluteExpiresAt(content));
    });
    this.destroy = callbackify(async (id: string) => {
      await store.terminate(id);
    });
  }
}
