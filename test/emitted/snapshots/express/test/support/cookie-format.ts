/** How this framework signs the session cookie. */
import { createHmac } from 'node:crypto';

/** The value of a session cookie, as somebody who knows the secret would make it. */
export function signedCookie(id: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${id}.${signature}`);
}
