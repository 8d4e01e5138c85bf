/** express-session, set up for this app's cookie and store. */
import { callbackify } from 'node:util';
import type { CookieOptions, RequestHandler, Response } from 'express';
import session from 'express-session';
import { COOKIE_NAME, COOKIE_SAME_SITE } from '../security-policy.ts';
import { newSessionId } from './keys.ts';
import { keepExpires } from './rotation.ts';
import type { SessionStore } from './store.ts';

/** No Domain, so that no other host gets the cookie, and no Max-Age: rotation.ts sets an end where one is wanted. */
const COOKIE: CookieOptions & session.CookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: COOKIE_SAME_SITE,
};

/** @param secrets the first signs, all verify, so that a secret can be replaced without signing anybody out */
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

/** Deletes the cookie with the attributes it was set with: browsers ignore any other deletion of a `__Host-` one. */
export function clearSessionCookie(response: Response): void {
  response.clearCookie(COOKIE_NAME, COOKIE);
}

/**
 * Our store behind express-session's interface. There is no `touch`: express-session would call it when the headers
 * are out and a failure can no longer be a 503. The guards do it earlier.
 */
class ExpressStore extends session.Store {
  override get: session.Store['get'];
  override set: session.Store['set'];
  override destroy: session.Store['destroy'];
  readonly #store: SessionStore;

  constructor(store: SessionStore) {
    super();
    this.#store = store;
    this.get = callbackify(async (id: string) => {
      const content = await store.read(id);
      return content && this.#withCookie(content);
    });
    this.set = callbackify((id: string, data: session.SessionData) => store.save(id, data));
    this.destroy = callbackify(async (id: string) => {
      await store.terminate(id);
    });
  }

  override createSession(...[request, data]: Parameters<session.Store['createSession']>) {
    const created = super.createSession(request, data);
    this.#store.adopt(created, data);
    keepExpires(created);
    return created;
  }

  /** The attributes come from the policy, never from the record: a change of policy holds for old sessions too. */
  #withCookie(content: object): session.SessionData {
    const cookie = { ...COOKIE, originalMaxAge: null } as session.Cookie;
    return Object.assign(content, { cookie });
  }
}
