/**
 * When does a session begin, get a new id or end, and whom does it let through? Everything that signs somebody in or
 * out is here; how the framework's middleware does it is in http.ts. Each function waits until the database has the
 * new state, so no answer leaves before. What cannot be established is denied.
 */
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { User } from '../users/accounts.ts';
import { isRecentlyAuthenticated } from './clocks.ts';
import { type Client, keptAtLogin, type SessionContent } from './content.ts';
import { contentOf, dropSession, regenerate, type SessionRequest, sessionIdOf } from './http.ts';
import { handleOf, keyOf, SessionEnded, type SessionStore } from './store.ts';

/** Who signs in, with the credential version that was read before the password was verified. */
export type Identity = Pick<User, 'id' | 'credentialVersion'>;

export interface Lifecycle {
  /**
   * Signs a user in under a new id and ends the old one, so that an id planted before the login (session fixation)
   * never becomes an authenticated one. Data crosses only by the allow-list in security-policy.ts.
   */
  logIn(request: SessionRequest, user: Identity, client: Client): Promise<void>;
  /** Keeps what a visitor gathered, under an id that a login will replace. */
  startAnonymous(request: SessionRequest, client: Client, gathered: ReturnType<typeof keptAtLogin>): Promise<void>;
  /**
   * The password was confirmed: new id, old id ended, all three clocks restart (ASVS 7.2.4, NIST 5.2).
   * @throws SessionEnded when the session was ended meanwhile: a slow request must not bring it back under a new id
   */
  regenerateAfterReauthentication(request: SessionRequest, user: Identity): Promise<void>;
  /** The password was changed: the same, and every other session of the user ends (ASVS 7.4.3). */
  regenerateAndEndOthers(request: SessionRequest, user: Identity): Promise<void>;
  /** Ends the session in use. A request without a live one is left alone. */
  logOut(request: SessionRequest): Promise<void>;
  /** Ends all sessions of the user but the one in use. Returns how many were live. */
  logOutElsewhere(request: SessionRequest, userId: string): Promise<number>;
  /** Ends all sessions of the user, this one too. */
  logOutEverywhere(request: SessionRequest, userId: string): Promise<void>;

  /**
   * The user of the request's session, read anew each time; null for a visitor. The session of a disabled or deleted
   * account ends here (ASVS 7.4.2). One from an older credential version is dead on arrival, such as that of a login
   * with the old password which finished after the password change.
   */
  findUser(request: SessionRequest): Promise<User | null>;
  /** Restarts the idle clock, before the handler runs: a failure is still a 503. */
  noteActivity(request: SessionRequest): Promise<void>;
  /** The guard in front of every route that is not public. @throws ApiError `unauthenticated` for a visitor */
  requireLogin(request: SessionRequest, user: User | null | undefined): Promise<User>;
  /**
   * For what an unattended browser must not allow: the password was given recently (ASVS 7.5.2, 7.5.3).
   * @throws ApiError `reauthentication_required`
   */
  requireRecentLogin(request: SessionRequest): void;
}

export function createLifecycle(
  store: SessionStore,
  findById: (id: string) => Promise<User | null>,
  now: () => number,
  log: Log,
): Lifecycle {
  function logEvent(event: string, userId: string | undefined, sessionId: string): void {
    log.info({ event, user: userId, session: handleOf(keyOf(sessionId)) }, event);
  }

  /** The request loses its session when `work` fails: a cookie must not be sent for a half-made one. */
  async function orDrop<T>(request: SessionRequest, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      dropSession(request);
      throw error;
    });
  }

  /** What findUser refused, and its id: the logout that a password change overtook ends what it goes on as. */
  const outdated = new WeakMap<SessionRequest, [SessionContent, string]>();

  const lifecycle: Lifecycle = {
    async logIn(request, user, client) {
      const before = contentOf(request);
      if (before) await store.end(sessionIdOf(request));
      const time = now();
      const times = { createdAt: time, renewedAt: time };
      await regenerate(request, { ...keptAtLogin(before), user: identityOf(user), ...times, client });
      const ended = await orDrop(request, store.endSurplus(user.id));
      if (ended > 0) log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');
      logEvent('session_created', user.id, sessionIdOf(request));
    },

    async startAnonymous(request, client, gathered) {
      const time = now();
      await regenerate(request, { ...gathered, createdAt: time, renewedAt: time, client });
    },

    async regenerateAfterReauthentication(request, user) {
      const before = contentOf(request);
      if (!before) throw new SessionEnded();
      const previous = sessionIdOf(request);
      await regenerate(request, { ...before, user: identityOf(user), renewedAt: now() });
      // The old one ends last: a logout that comes now finds it, or else its successor.
      const wasLive: boolean = await orDrop(request, store.end(previous));
      const id = sessionIdOf(request);
      if (!wasLive) {
        dropSession(request);
        await store.end(id);
        throw new SessionEnded();
      }
      logEvent('session_renewed', user.id, id);
    },

    async regenerateAndEndOthers(request, user) {
      await lifecycle.regenerateAfterReauthentication(request, user);
      await orDrop(request, store.endByUser(user.id, sessionIdOf(request)));
    },

    async logOut(request) {
      const [content, id] = outdated.get(request) ?? [contentOf(request), ''];
      if (!content) return;
      const current = id || sessionIdOf(request);
      dropSession(request);
      const wasLive: boolean = await store.end(current);
      if (!wasLive && content.user) await store.endSignIn(content.user.id, content.createdAt);
      logEvent('session_logout', content.user?.id, current);
    },

    async logOutElsewhere(request, userId) {
      const ended: number = await store.endByUser(userId, sessionIdOf(request));
      log.info({ event: 'session_revoked', user: userId, ended }, 'ended all other sessions');
      return ended;
    },

    async logOutEverywhere(request, userId) {
      dropSession(request);
      const ended: number = await store.endByUser(userId);
      log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');
    },

    async findUser(request) {
      const content = contentOf(request);
      const identity = content?.user;
      if (!identity) return null;
      const user = await findById(identity.id);
      if (user && !user.disabled && user.credentialVersion === identity.credentialVersion) return user;
      const id = sessionIdOf(request);
      outdated.set(request, [content, id]);
      dropSession(request);
      logEvent('session_use_after_expire', identity.id, id);
      if (!user || user.disabled) await store.end(id);
      return null;
    },

    async noteActivity(request) {
      const content = contentOf(request);
      const site = request.headers['sec-fetch-site'];
      // A link or a form on another site is not the user's activity.
      if (!content || site === 'cross-site' || site === 'same-site') return;
      await orDrop(request, store.touch(sessionIdOf(request), content));
    },

    async requireLogin(request, user) {
      if (!user) throw new ApiError('unauthenticated');
      await lifecycle.noteActivity(request);
      return user;
    },

    requireRecentLogin(request) {
      const content = contentOf(request);
      if (!content?.user) throw new ApiError('unauthenticated');
      if (!isRecentlyAuthenticated(content, now())) throw new ApiError('reauthentication_required');
    },
  };
  return lifecycle;
}

function identityOf({ id, credentialVersion }: Identity): Identity {
  return { id, credentialVersion };
}
