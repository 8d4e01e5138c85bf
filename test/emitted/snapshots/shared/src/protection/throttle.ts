/**
 * Attack: guessing passwords, and shutting owners out by guessing. Every route that hashes a password takes points
 * before it does, and gets them back when the password was right. The database keeps the points, so all instances share
 * them. One address alone cannot spend the points of an account, and a browser in which the owner signed in before is
 * known by a cookie and has its own. The cookie signs nobody in.
 * Ours, as fixed windows let an attacker lock an account. @see OWASP ASVS 5.0 6.3.1, NIST SP 800-63B-4 section 3.2.2,
 * OWASP, "Slow Down Online Guessing Attacks with Device Cookies"
 */
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
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

type Work<T> = () => Promise<T>;

/**
 * Each method throws ApiError `too_many_attempts` before the work. Points come back when the database failed.
 * Addresses are as the app derived them.
 */
export interface Throttle {
  /** Guessing. The points come back when the work succeeds. @param device the known browser, where it is one */
  limitLogins<T>(email: string, address: string, device: string | null, work: Work<T>): Promise<T>;
  /** The same within a session, by its id: nobody else can use up the points. */
  limitConfirmations<T>(sessionId: string, address: string, work: Work<T>): Promise<T>;
  /** Its points do not come back: accounts stay, and each registration costs a hash. */
  limitRegistrations<T>(address: string, work: Work<T>): Promise<T>;
  /** Before a visitor's session is created, as each costs the database a record. */
  limitAnonymousSessions(address: string): Promise<void>;
}

/** How far one point moves the time at which all points are back, in milliseconds. */
export function interval({ points, perMs }: policy.Limit): number {
  return perMs / points;
}

type Key = readonly [name: string, limit: policy.Limit];
type GiveBack = () => Promise<unknown>;

export function createThrottle(records: ThrottleRecords, now: () => number, log: Log): Throttle {
  async function consume([key, limit]: Key): Promise<void> {
    const wait = await records.consume(key, limit, now());
    if (wait === 0) return;
    log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');
    const { retryStepMs = 1 } = limit;
    throw new ApiError('too_many_attempts', { retryAfterMs: Math.ceil(wait / retryStepMs) * retryStepMs });
  }

  /** Takes a point of each key, or of none: an attempt that is refused costs nothing. */
  async function take(...keys: Key[]): Promise<GiveBack> {
    const taken: Key[] = [];
    const giveBack = () => Promise.all(taken.map(([key, limit]) => records.refund(key, limit)));
    try {
      for (const key of keys) {
        await consume(key);
        taken.push(key);
      }
    } catch (error) {
      const refund = Promise.allSettled([giveBack()]);
      if (!(error instanceof DatabaseUnavailable)) await refund;
      throw error;
    }
    return giveBack;
  }

  /** An outage is not a wrong password. It may go on: a refund that fails too must neither hide it nor hold it up. */
  async function tried<T>(work: Work<T>, giveBack: GiveBack): Promise<T> {
    return work().catch(async (error: unknown) => {
      if (error instanceof DatabaseUnavailable) void Promise.allSettled([giveBack()]);
      throw error;
    });
  }

  return {
    async limitLogins<T>(email: string, address: string, device: string | null, work: Work<T>): Promise<T> {
      const block = addressBlock(address);
      const account = hash('sha256', email, 'base64url');
      const known = device ? await take([`device:${device}`, policy.DEVICE_LIMIT]).catch(unlessRefused) : null;
      // The address goes first: one that has spent its points must not use up those of the account.
      const giveBack: GiveBack =
        known ??
        (await take(
          [`address:${block}`, policy.ADDRESS_LIMIT],
          [`account-and-address:${account}:${block}`, policy.ACCOUNT_AND_ADDRESS_LIMIT],
          [`account-and-address-daily:${account}:${block}`, policy.ACCOUNT_AND_ADDRESS_DAILY_LIMIT],
          [`account:${account}`, policy.ACCOUNT_LIMIT],
        ));
      const result: T = await tried(work, giveBack);
      await consume([`login:${account}`, policy.LOGIN_LIMIT]); // beyond it a right password costs what a wrong one does
      await giveBack();
      return result;
    },

    async limitConfirmations<T>(sessionId: string, address: string, work: Work<T>): Promise<T> {
      const giveBack: GiveBack = await take(
        [`address:${addressBlock(address)}`, policy.ADDRESS_LIMIT],
        [`session:${hash('sha256', sessionId, 'base64url')}`, policy.SESSION_LIMIT],
      );
      const result: T = await tried(work, giveBack);
      await giveBack();
      return result;
    },

    async limitRegistrations<T>(address: string, work: Work<T>): Promise<T> {
      const giveBack: GiveBack = await take([`registration:${addressBlock(address)}`, policy.REGISTRATION_LIMIT]);
      return tried(work, giveBack);
    },

    async limitAnonymousSessions(address: string): Promise<void> {
      await consume([`anonymous:${addressBlock(address)}`, policy.ANONYMOUS_SESSION_LIMIT]);
    },
  };
}

/** A known browser without points counts as any other. */
function unlessRefused(error: unknown): null {
  if (error instanceof ApiError) return null;
  throw error;
}

/** The user whose password was given. */
type Owner = { id: string; credentialVersion: number };

export interface Devices {
  /** The Set-Cookie line after the owner gave the password. A password change makes all earlier cookies worthless. */
  remember(owner: Owner): string;
  /** The Set-Cookie line that deletes the cookie. */
  forget(): string;
  /** The id of a browser that is known for this account; null for any other. @param header the request's Cookie */
  find(header: string | undefined, email: string): Promise<string | null>;
}

/** @param secrets the first signs, all verify */
export function createDevices(secrets: string[], findByEmail: (email: string) => Promise<Owner | null>): Devices {
  return {
    remember(owner) {
      const id = randomBytes(16).toString('base64url');
      return cookie(`${id}.${sign(secrets[0] ?? '', id, owner)}`, policy.DEVICE_COOKIE_SECONDS);
    },
    forget: () => cookie('', 0),
    async find(header = '', email) {
      const [, id, mac = ''] = COOKIE.exec(header) ?? [];
      if (!id) return null;
      const user = (await findByEmail(email)) ?? { id: '', credentialVersion: 0 }; // the same work for nobody
      const isOurs = secrets.some((secret) => timingSafeEqual(Buffer.from(mac), Buffer.from(sign(secret, id, user))));
      return isOurs && user.id ? id : null;
    },
  };
}

/** The first one counts, as for any cookie. */
const COOKIE = new RegExp(`(?:^|; *)${policy.DEVICE_COOKIE_NAME}=([\\w-]{22})\\.([\\w-]{43})(?:;|$)`);

function sign(secret: string, id: string, { id: userId, credentialVersion }: Owner): string {
  return createHmac('sha256', secret).update(`device:${id}:${userId}:${credentialVersion}`).digest('base64url');
}

function cookie(value: string, seconds: number): string {
  return `${policy.DEVICE_COOKIE_NAME}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
}
