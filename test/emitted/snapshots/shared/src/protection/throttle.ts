/**
 * Attack: guessing passwords. Every route that hashes a password takes points before it does, and gets them back when
 * the password was right. The database keeps the points, so all instances share them. A spent account key only delays:
 * it never locks an account and never touches a live session.
 * Our own, as fixed windows let an attacker lock an account. @see OWASP ASVS 5.0 6.3.1, NIST SP 800-63B-4 section 3.2.2
 */
import { createHash } from 'node:crypto';
import { ApiError, DatabaseUnavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import * as policy from '../security-policy.ts';
import { addressBlock } from './https.ts';

/**
 * Points by key, kept as one time per key: when all its points are back ("generic cell rate algorithm").
 * Each call is one atomic step in the database. Times are milliseconds since 1970.
 */
export interface ThrottleRecords {
  /** Takes one point and returns 0. Without a point left it takes none and returns the milliseconds until there is one. */
  consume(key: string, limit: policy.Limit, now: number): Promise<number>;
  refund(key: string, limit: policy.Limit): Promise<unknown>;
  /** Forgets keys whose points are all back. For databases without an expiry of their own. */
  removeExpired(now: number): Promise<unknown>;
}

export interface Throttle {
  /**
   * Runs work that hashes a password for an account. The points come back when it succeeds, and when the database
   * failed.
   * @param address the client's, as clientAddress() derived it
   * @throws ApiError `too_many_attempts`, before the work
   */
  limitPasswords<T>(email: string, address: string, work: () => Promise<T>): Promise<T>;
  /** Before a visitor's session is created, as each costs the database a record. @throws ApiError `too_many_attempts` */
  limitAnonymousSessions(address: string): Promise<void>;
}

/** How far one point moves the time at which all points are back, in milliseconds. */
export function interval({ points, perMs }: policy.Limit): number {
  return perMs / points;
}

export function createThrottle(records: ThrottleRecords, now: () => number, log: Log): Throttle {
  async function consume(key: string, limit: policy.Limit): Promise<void> {
    const retryAfterMs = await records.consume(key, limit, now());
    if (retryAfterMs === 0) return;
    log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');
    throw new ApiError('too_many_attempts', { retryAfterMs });
  }

  return {
    async limitPasswords<T>(email: string, address: string, work: () => Promise<T>): Promise<T> {
      const block = addressBlock(address);
      const account = createHash('sha256').update(email).digest('base64url');
      // The address goes first: one that has spent its points must not use up those of the account.
      const keys: [key: string, limit: policy.Limit][] = [
        [`address:${block}`, policy.ADDRESS_LIMIT],
        [`account-and-address:${account}:${block}`, policy.ACCOUNT_AND_ADDRESS_LIMIT],
        [`account:${account}`, policy.ACCOUNT_LIMIT],
      ];
      for (const [key, limit] of keys) await consume(key, limit);
      const refund = async (): Promise<void> => {
        await Promise.all(keys.map(([key, limit]) => records.refund(key, limit)));
      };
      const result: T = await work().catch(async (error: unknown) => {
        // An outage is not a wrong password. It may go on: a refund that fails too must not hide it.
        if (error instanceof DatabaseUnavailable) await Promise.allSettled([refund()]);
        throw error;
      });
      await refund();
      return result;
    },

    async limitAnonymousSessions(address: string): Promise<void> {
      await consume(`anonymous:${addressBlock(address)}`, policy.ANONYMOUS_SESSION_LIMIT);
    },
  };
}
