/**
 * Guessing passwords. Every route that hashes one takes points before the work begins and gets them back when the
 * password was right. The points are kept in the engine, so all instances share them. A spent account key only
 * delays: it never locks an account and never touches a live session.
 * @see OWASP ASVS 5.0 6.3.1, NIST SP 800-63B-4 section 3.2.2
 */
import { createHash } from 'node:crypto';
import { addressBlock } from '../addresses.ts';
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import {
  ACCOUNT_AND_ADDRESS_LIMIT,
  ACCOUNT_LIMIT,
  ADDRESS_LIMIT,
  ANONYMOUS_SESSION_LIMIT,
  type Limit,
} from '../security-policy.ts';

/**
 * Points by key, kept as one time per key: when all points will be back ("generic cell rate algorithm").
 * Each call is one atomic step on the engine. Times are milliseconds since 1970.
 */
export interface Buckets {
  /** Takes one point. Answers 0, or without taking one, the milliseconds until there is one. */
  take(key: string, limit: Limit, now: number): Promise<number>;
  giveBack(key: string, limit: Limit): Promise<void>;
  /** Forgets keys whose points are all back. For engines without an expiry of their own. */
  removeExpired(now: number): Promise<void>;
}

/** How far one point moves the time at which all points are back, in milliseconds. */
export function costOf({ points, perMs }: Limit): number {
  return perMs / points;
}

export type Throttle = ReturnType<typeof createThrottle>;

export function createThrottle(buckets: Buckets, now: () => number, log: Log) {
  async function take(key: string, limit: Limit): Promise<void> {
    const retryAfterMs = await buckets.take(key, limit, now());
    if (retryAfterMs === 0) return;
    log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');
    throw new Problem('too_many_attempts', { retryAfterMs });
  }

  /**
   * Runs work that hashes a password for an account.
   * @param ip the client's address, as derived from trusted proxies only
   * @throws Problem `too_many_attempts`, before the work
   */
  async function throttled<T>(email: string, ip: string, work: () => Promise<T>): Promise<T> {
    // The address goes first: one that has spent its points must not use up those of the account.
    const address = addressBlock(ip);
    const account = createHash('sha256').update(email).digest('base64url');
    const taken: [key: string, limit: Limit][] = [
      [`address:${address}`, ADDRESS_LIMIT],
      [`account-and-address:${account}:${address}`, ACCOUNT_AND_ADDRESS_LIMIT],
      [`account:${account}`, ACCOUNT_LIMIT],
    ];
    for (const [key, limit] of taken) await take(key, limit);
    const result = await work();
    await Promise.all(taken.map(([key, limit]) => buckets.giveBack(key, limit)));
    return result;
  }

  /** Before a visitor's session is made: each costs the store a record. */
  async function takeForAnonymousSession(ip: string): Promise<void> {
    await take(`anonymous:${addressBlock(ip)}`, ANONYMOUS_SESSION_LIMIT);
  }

  return { throttled, takeForAnonymousSession };
}
