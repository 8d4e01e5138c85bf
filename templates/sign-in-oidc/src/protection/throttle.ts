/**
 * Attack: filling the database. Whatever writes a record for somebody unknown takes a point of their address first. The
 * database keeps the points, so all instances share them. Guessing passwords is the provider's to stop.
 * Our own, as fixed windows let bursts through at their borders. @see OWASP ASVS 5.0 6.3.1
 */
import { ApiError } from '../errors.ts';
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
  /** Forgets keys whose points are all back. For databases without an expiry of their own. */
  removeExpired(now: number): Promise<unknown>;
}

/** Each takes a point of the address, as clientAddress() derived it. @throws ApiError `too_many_attempts` */
export interface Throttle {
  /** Before a sign-in begins. */
  limitSignIns(address: string): Promise<void>;
  /** Before a visitor's session is created. */
  limitAnonymousSessions(address: string): Promise<void>;
}

/** How far one point moves the time at which all points are back, in milliseconds. */
export function interval({ points, perMs }: policy.Limit): number {
  return perMs / points;
}

export function createThrottle(records: ThrottleRecords, now: () => number, log: Log): Throttle {
  async function consume(key: string, limit: policy.Limit): Promise<void> {
    const retryAfterMs: number = await records.consume(key, limit, now());
    if (retryAfterMs === 0) return;
    log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');
    throw new ApiError('too_many_attempts', { retryAfterMs });
  }

  return {
    async limitSignIns(address) {
      await consume(`sign-in:${addressBlock(address)}`, policy.SIGN_IN_LIMIT);
    },
    async limitAnonymousSessions(address) {
      await consume(`anonymous:${addressBlock(address)}`, policy.ANONYMOUS_SESSION_LIMIT);
    },
  };
}
