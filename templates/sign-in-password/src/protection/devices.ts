/**
 * Attack: wrong passwords from many addresses, until the owner of the account is refused too. A browser in which the
 * owner signed in before is known by a cookie, and throttle.ts counts it by itself. The cookie signs nobody in.
 * @see OWASP, "Slow Down Online Guessing Attacks with Device Cookies"
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { DEVICE_COOKIE_NAME, DEVICE_COOKIE_SECONDS } from '../security-policy.ts';
import type { User } from '../users/accounts.ts';

type Owner = Pick<User, 'id' | 'credentialVersion'>;

export interface Devices {
  /** The Set-Cookie line after the owner gave the password. A password change makes all earlier cookies worthless. */
  remember(owner: Owner): string;
  /** The Set-Cookie line that deletes the cookie. */
  forget(): string;
  /** The id of a browser that is known for this account; null for any other. @param header the request's Cookie */
  find(header: string | undefined, email: string): Promise<string | null>;
}

/** @param secrets the first signs, all verify */
export function createDevices(secrets: string[], findByEmail: (email: string) => Promise<User | null>): Devices {
  return {
    remember(owner) {
      const id = randomBytes(16).toString('base64url');
      return cookie(`${id}.${sign(secrets[0] ?? '', id, owner)}`, DEVICE_COOKIE_SECONDS);
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
const COOKIE = new RegExp(`(?:^|; *)${DEVICE_COOKIE_NAME}=([\\w-]{22})\\.([\\w-]{43})(?:;|$)`);

function sign(secret: string, id: string, { id: userId, credentialVersion }: Owner): string {
  return createHmac('sha256', secret).update(`device:${id}:${userId}:${credentialVersion}`).digest('base64url');
}

function cookie(value: string, seconds: number): string {
  return `${DEVICE_COOKIE_NAME}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
}
