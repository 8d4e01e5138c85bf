/**
 * How sessions begin, change their id and end. Everything that signs somebody in or out is here; the calls to the
 * framework's session middleware are in rotation.ts. Each function rotates, saves, and only then returns, so that
 * no answer leaves before the session stands in the engine.
 */
import type { Log } from '../log.ts';
import { type CartItem, type Client, keptAtLogin } from './content.ts';
import { handleOf, keyOf } from './keys.ts';
import { contentOf, dropSession, type SessionRequest, sessionIdOf, startSession } from './rotation.ts';
import { SessionEnded, type SessionStore } from './store.ts';

/** Who signs in, with the credential version that was read before the password was verified. */
export interface Identity {
  id: string;
  credentialVersion: number;
}

export type Lifecycle = ReturnType<typeof createLifecycle>;

export function createLifecycle(store: SessionStore, now: () => number, log: Log) {
  /** Ends the session in use. A visitor's request, or one whose session has ended already, is left alone. */
  async function logOut(request: SessionRequest): Promise<void> {
    const content = contentOf(request);
    if (!content) return;
    const id = sessionIdOf(request);
    dropSession(request);
    await store.terminate(id);
    note('session_logout', content.user?.id, id);
  }

  /**
   * Signs a user in under a new id and ends the old one, so that an id planted before the login (session fixation)
   * never becomes an authenticated one. Data crosses only by the allow-list in security-policy.ts.
   */
  async function logIn(request: SessionRequest, user: Identity, client: Client): Promise<void> {
    const before = contentOf(request);
    if (before) await store.terminate(sessionIdOf(request));
    const time = now();
    await startSession(request, {
      ...keptAtLogin(before),
      user: pick(user),
      createdAt: time,
      renewedAt: time,
      client,
    });
    try {
      const ended = await store.terminateSurplus(user.id);
      if (ended > 0) log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');
    } catch (error) {
      dropSession(request);
      throw error;
    }
    note('session_created', user.id, sessionIdOf(request));
  }

  /** Keeps what a visitor gathered, under an id that a login will replace. */
  async function startAnonymous(request: SessionRequest, client: Client, cart: CartItem[]): Promise<void> {
    const time = now();
    await startSession(request, { createdAt: time, renewedAt: time, client, cart });
  }

  /**
   * The password was given again: new id, old id ended, all three clocks restart (ASVS 7.2.4, NIST 5.2).
   * @throws SessionEnded when the session was ended meanwhile: a slow request must not bring it back under a new id
   */
  async function renew(request: SessionRequest, user: Identity): Promise<void> {
    const before = contentOf(request);
    if (!before || !(await store.terminate(sessionIdOf(request)))) throw new SessionEnded();
    await startSession(request, { ...before, user: pick(user), renewedAt: now() });
    note('session_renewed', user.id, sessionIdOf(request));
  }

  /** The password was changed: as renew, and every other session of the user ends (ASVS 7.4.3). */
  async function renewAlone(request: SessionRequest, user: Identity): Promise<void> {
    await renew(request, user);
    try {
      await store.terminateByUser(user.id, sessionIdOf(request));
    } catch (error) {
      dropSession(request);
      throw error;
    }
  }

  /** Ends all sessions of the user but the one in use. Says how many were live. */
  async function logOutElsewhere(request: SessionRequest, userId: string): Promise<number> {
    const ended = await store.terminateByUser(userId, sessionIdOf(request));
    log.info({ event: 'session_revoked', user: userId, ended }, 'ended all other sessions');
    return ended;
  }

  /** Ends all sessions of the user, this one too. */
  async function logOutEverywhere(request: SessionRequest, userId: string): Promise<void> {
    dropSession(request);
    const ended = await store.terminateByUser(userId);
    log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');
  }

  function note(event: string, user: string | undefined, id: string): void {
    log.info({ event, user, session: handleOf(keyOf(id)) }, event);
  }

  return { logIn, startAnonymous, renew, renewAlone, logOut, logOutElsewhere, logOutEverywhere };
}

function pick({ id, credentialVersion }: Identity): Identity {
  return { id, credentialVersion };
}
