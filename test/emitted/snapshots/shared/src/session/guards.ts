/** Who is asking, and what that lets them do. Denies whatever it cannot establish. */
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { isRecentlyAuthenticated } from './clocks.ts';
import { handleOf, keyOf } from './keys.ts';
import { contentOf, dropSession, type SessionRequest, sessionIdOf } from './rotation.ts';
import type { SessionStore } from './store.ts';

/** What the guards must know of a user. */
export interface Account {
  id: string;
  disabled: boolean;
  credentialVersion: number;
}

export type Guards<User extends Account> = ReturnType<typeof createGuards<User>>;

export function createGuards<User extends Account>(
  store: SessionStore,
  findUser: (id: string) => Promise<User | null>,
  now: () => number,
  log: Log,
) {
  /**
   * The user of the request's session, read anew each time; null for a visitor. A session of a disabled or deleted
   * account ends here (ASVS 7.4.2). One made under an older credential version, such as a login with the old
   * password that finished after the change, is dead on arrival.
   */
  async function currentUser(request: SessionRequest): Promise<User | null> {
    const identity = contentOf(request)?.user;
    if (!identity) return null;
    const user = await findUser(identity.id);
    if (user && !user.disabled && user.credentialVersion === identity.credentialVersion) return user;
    const id = sessionIdOf(request);
    dropSession(request);
    log.warn({ event: 'session_use_after_expire', user: identity.id, session: handleOf(keyOf(id)) }, 'a dead session');
    if (!user || user.disabled) await store.terminate(id);
    return null;
  }

  /** Lets a live session through and notes that it is in use, before the handler runs: a failure is still a 503. */
  async function keepAlive(request: SessionRequest): Promise<void> {
    const content = contentOf(request);
    if (!content) return;
    try {
      await store.keepAlive(sessionIdOf(request), content);
    } catch (error) {
      dropSession(request);
      throw error;
    }
  }

  /** @throws Problem `unauthenticated` for a visitor */
  async function requireLogin<U>(request: SessionRequest, user: U | null | undefined): Promise<U> {
    if (!user) throw new Problem('unauthenticated');
    await keepAlive(request);
    return user;
  }

  /**
   * For what an unattended browser must not allow: the password was given lately (ASVS 7.5.2, 7.5.3).
   * @throws Problem `reauthentication_required`
   */
  function requireRecentLogin(request: SessionRequest): void {
    const content = contentOf(request);
    if (!content?.user) throw new Problem('unauthenticated');
    if (!isRecentlyAuthenticated(content, now())) throw new Problem('reauthentication_required');
  }

  return { currentUser, keepAlive, requireLogin, requireRecentLogin };
}
