/** What can be done with a password, each throttled before the hash. Sessions are not known here. */
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import type { Throttle } from '../protection/login-throttle.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import type { User, Users } from './user.ts';

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts(users: Users, throttle: Throttle, log: Log) {
  /** @throws Problem `email_taken`, told on purpose: without a mail channel there is no other way to say it */
  function register(email: string, password: string, ip: string): Promise<User> {
    return throttle.throttled(email, ip, async () => {
      const user = await users.create(email, await hashPassword(password));
      if (!user) throw new Problem('email_taken');
      log.info({ event: 'user_created', user: user.id, ip }, 'registered');
      return user;
    });
  }

  /**
   * The user as read before the password was verified: the credential version in it is what makes a session from a
   * login that overlaps a password change worthless.
   * @throws Problem `invalid_credentials`, the same for an unknown user, a wrong password and a disabled account
   */
  function authenticate(email: string, password: string, ip: string): Promise<User> {
    return throttle.throttled(email, ip, async () => {
      const user = await users.findByEmail(email);
      const isRight = await verifyPassword(user?.passwordHash ?? null, password);
      if (!user || !isRight || user.disabled) {
        log.warn({ event: 'authn_login_fail', user: user?.id, ip }, 'wrong e-mail address or password');
        throw new Problem('invalid_credentials');
      }
      if (isOutdated(user.passwordHash)) {
        await users.renewHash(user.id, user.credentialVersion, await hashPassword(password));
      }
      log.info({ event: 'authn_login_success', user: user.id, ip }, 'password accepted');
      return user;
    });
  }

  /**
   * Changes the password of a signed-in user and raises the credential version.
   * @throws Problem `invalid_credentials` when the current password is wrong, or was changed a moment ago
   */
  async function changePassword(user: User, current: string, next: string, ip: string): Promise<User> {
    const { credentialVersion } = await authenticate(user.email, current, ip);
    const changed = await users.changePassword(user.id, credentialVersion, await hashPassword(next));
    if (!changed) throw new Problem('invalid_credentials');
    log.info({ event: 'authn_password_change', user: user.id, ip }, 'password changed');
    return changed;
  }

  return { register, authenticate, changePassword };
}
