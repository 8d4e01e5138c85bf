/** What is a user, and what can be done with a password? Each step is throttled before the hash. No sessions here. */
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Throttle } from '../protection/throttle.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';

export interface User {
  id: string;
  /** Normalised: see `emailAddress` in routes/input.ts. */
  email: string;
  /** A PHC string: algorithm, parameters, salt and hash. */
  passwordHash: string;
  /** Raised by whatever must end all sessions of the user: they carry the version they began with. */
  credentialVersion: number;
  disabled: boolean;
}

/** The database's statements (database/users.ts). Each is one atomic step. @throws DatabaseUnavailable */
export interface Users {
  /** Null when the address is taken: of many registrations at once, one wins. */
  create(email: string, passwordHash: string): Promise<User | null>;
  findByEmail(email: string): Promise<User | null>;
  findById(id: string): Promise<User | null>;
  /** Raises the credential version. Null when it is no longer the expected one: somebody was faster. */
  changePassword(id: string, expectedVersion: number, passwordHash: string): Promise<User | null>;
  /** Raises the credential version. For support: nobody asks for the current password. */
  setPassword(id: string, passwordHash: string): Promise<unknown>;
  /** Replaces a weaker hash of the same password. Does nothing if the password was changed meanwhile. */
  renewHash(id: string, expectedVersion: number, passwordHash: string): Promise<unknown>;
  /** Every session of the user is dead immediately. */
  raiseCredentialVersion(id: string): Promise<unknown>;
  raiseAllCredentialVersions(): Promise<unknown>;
  /** Raises the credential version too. */
  disable(id: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  /** For scripts. */
  list(limit: number): Promise<User[]>;
}

/** Addresses are the client's, as the app derived them. */
export interface Accounts {
  /** @throws ApiError `email_taken`, a deliberate disclosure: without a mail channel there is no other way to say it */
  register(email: string, password: string, address: string): Promise<User>;
  /**
   * The user as read before the password was verified. A session made with that credential version is worthless when
   * the password changes while the login is under way.
   * @param device the known browser that asks, null for any other
   * @throws ApiError `invalid_credentials`, the same for an unknown user, a wrong password and a disabled account
   */
  authenticate(email: string, password: string, address: string, device: string | null): Promise<User>;
  /** The same for somebody who is signed in, under the id of their session. */
  confirm(user: User, password: string, address: string, sessionId: string): Promise<User>;
  /** @throws ApiError `invalid_credentials` when the current password is wrong, or was changed a moment ago */
  changePassword(user: User, current: string, next: string, address: string, sessionId: string): Promise<User>;
}

/** What a client may see of a user. */
export function publicUser({ id, email }: User): { id: string; email: string } {
  return { id, email };
}

export function createAccounts(users: Users, throttle: Throttle, log: Log): Accounts {
  async function verify(email: string, password: string, address: string): Promise<User> {
    const user = await users.findByEmail(email);
    const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);
    if (!user || !isRight || user.disabled) {
      log.warn({ event: 'authn_login_fail', user: user?.id, ip: address }, 'wrong email address or password');
      throw new ApiError('invalid_credentials');
    }
    if (isOutdated(user.passwordHash)) {
      await users.renewHash(user.id, user.credentialVersion, await hashPassword(password));
    }
    log.info({ event: 'authn_login_success', user: user.id, ip: address }, 'password accepted');
    return user;
  }

  const accounts: Accounts = {
    register: (email, password, address) =>
      throttle.limitRegistrations(address, async () => {
        const user = await users.create(email, await hashPassword(password));
        if (!user) throw new ApiError('email_taken');
        log.info({ event: 'user_created', user: user.id, ip: address }, 'registered');
        return user;
      }),

    authenticate: (email, password, address, device) =>
      throttle.limitLogins(email, address, device, () => verify(email, password, address)),

    confirm: ({ email }, password, address, sessionId) =>
      throttle.limitConfirmations(sessionId, address, () => verify(email, password, address)),

    async changePassword(user, current, next, address, sessionId) {
      const { credentialVersion } = await accounts.confirm(user, current, address, sessionId);
      const changed = await users.changePassword(user.id, credentialVersion, await hashPassword(next));
      if (!changed) throw new ApiError('invalid_credentials');
      log.info({ event: 'authn_password_change', user: user.id, ip: address }, 'password changed');
      return changed;
    },
  };
  return accounts;
}
