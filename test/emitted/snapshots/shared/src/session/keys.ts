/** The three names of a session: the secret id in the cookie, the key in the engine, the handle everyone may see. */
import { hash, randomBytes } from 'node:crypto';
import { SESSION_ID_BYTES } from '../security-policy.ts';

/** A new session id from the system's random generator, base64url. */
export function newSessionId(): string {
  return randomBytes(SESSION_ID_BYTES).toString('base64url');
}

/**
 * The engine keeps a session under this hash, so a leaked table holds no usable id. A fast hash is right here:
 * the id has 256 random bits, so there is nothing to guess, unlike a password.
 */
export function keyOf(id: string): string {
  return sha256(id);
}

/** The public name of a session in lists and logs. Neither the id nor the key can be found from it. */
export function handleOf(key: string): string {
  return sha256(`handle:${key}`).slice(0, 22);
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
