/**
 * Attack: another site makes a signed-in browser send a request that changes something (cross-site request forgery).
 * Browsers say where a request comes from, and a page cannot forge those headers, so no token is needed.
 * @see OWASP ASVS 5.0 3.5.1 and 3.5.2, OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata headers"
 */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { COOKIE_NAME } from '../security-policy.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Runs before any route and before any body is read.
 * @param origins the app's own origins, compared exactly
 * @throws ApiError `cross_site`
 */
export function refuseCrossSite({ method = '', headers }: IncomingMessage, origins: readonly string[], log: Log): void {
  if (SAFE_METHODS.has(method) || isSameSite(headers, origins)) return;
  const { origin, 'sec-fetch-site': site } = headers;
  log.warn(
    { event: 'cross_site_refused', origin, site },
    'cross-site request refused; APP_ORIGINS lists what is allowed',
  );
  throw new ApiError('cross_site');
}

function isSameSite(headers: IncomingMessage['headers'], origins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  // `null` is what a sandboxed or redirected page sends.
  if (origin !== undefined && !origins.includes(origin)) return false;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  // Without either header it is not a browser. Without a session cookie nobody's rights can be abused.
  return origin !== undefined || !hasSessionCookie(headers.cookie);
}

function hasSessionCookie(header = ''): boolean {
  return header.split(';').some((pair) => pair.split('=', 1)[0]?.trim() === COOKIE_NAME);
}

/**
 * A form on another site can send text or form data without a preflight, but not JSON, so any other body is refused
 * before it is read. So is a compressed one: a small one can unfold to a huge one, and no client of ours sends any.
 * @throws ApiError `unsupported_media_type`
 */
export function requireJson({ headers }: IncomingMessage): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const isJson = /^application\/json *(; *charset="?utf-8"? *)?$/i.test(headers['content-type'] ?? '');
  const isCompressed = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (hasBody && (!isJson || isCompressed)) throw new ApiError('unsupported_media_type');
}
