/**
 * Cross-site request forgery: another site makes a signed-in browser send a request that changes something.
 * Browsers say where a request comes from, and a page cannot forge those headers; so no token is needed.
 * @see OWASP ASVS 5.0 3.5.1, OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata headers"
 */
import type { IncomingMessage } from 'node:http';
import { Problem } from '../problems.ts';
import { COOKIE_NAME } from '../security-policy.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Runs before any route and any body.
 * @param origins the app's own origins, compared to the letter
 * @throws Problem `cross_site`
 */
export function refuseCrossSite({ method = '', headers }: IncomingMessage, origins: readonly string[]): void {
  if (SAFE_METHODS.has(method)) return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return;
    throw new Problem('cross_site');
  }
  // A browser too old for Sec-Fetch-Site, or a script. `null` is what a sandboxed or redirected page sends.
  if (headers.origin !== undefined) {
    if (origins.includes(headers.origin)) return;
    throw new Problem('cross_site');
  }
  // Neither header: no browser. Without a session cookie there is nobody whose rights could be abused.
  if (hasSessionCookie(headers.cookie)) throw new Problem('cross_site');
}

function hasSessionCookie(header = ''): boolean {
  return header.split(';').some((pair) => pair.split('=', 1)[0]?.trim() === COOKIE_NAME);
}
