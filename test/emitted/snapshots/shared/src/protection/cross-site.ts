/**
 * Attack: another site makes a signed-in browser send a request that changes something (cross-site request forgery).
 * Browsers say where a request comes from, and a page cannot forge those headers, so no token is needed.
 * @see OWASP ASVS 5.0 3.5.1 and 3.5.2, OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata headers"
 */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { COOKIE_NAME, MAX_BODY_BYTES } from '../security-policy.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Runs before any route and before any body is read.
 * @param origins the app's own origins, compared exactly
 * @throws ApiError `cross_site`
 */
export function refuseCrossSite({ method = '', headers }: IncomingMessage, origins: readonly string[], log: Log): void {
  if (SAFE_METHODS.has(method) || isSameSite(headers, origins)) return;
  const { origin, 'sec-fetch-site': site } = headers;
  const event = { event: 'cross_site_refused', origin, site };
  log.warn(event, 'cross-site request refused; APP_ORIGINS lists what is allowed');
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

/** As it was sent: input.ts checks it. A type of its own, so that the check notices an `await` that is missing. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * The body of a request under /api. A form on another site can send text or form data without a preflight, but not JSON,
 * so any other body is refused.
 * @returns undefined when there is none
 * @throws ApiError `unsupported_media_type`, before it is read; `too_large`; `invalid_json`
 */
export async function readJson(request: IncomingMessage): Promise<Json | undefined> {
  const { headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return undefined;
  const isJson = /^application\/json *(; *charset="?utf-8"? *)?$/i.test(headers['content-type'] ?? '');
  if (!isJson) throw new ApiError('unsupported_media_type');
  const text = await readText(request);
  try {
    return text === '' ? undefined : JSON.parse(text); // input.ts drops `__proto__` and every other key
  } catch {
    throw new ApiError('invalid_json');
  }
}

/**
 * Our own: the frameworks' parsers differ, and that of Express says that a body is too large when all of it has come.
 * A compressed one is refused: a small one can unfold to a huge one, and no client of ours sends any.
 * @throws ApiError `unsupported_media_type`; `too_large`, which ends the connection: more may be on its way
 */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge = new ApiError('too_large');
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new ApiError('unsupported_media_type');
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw tooLarge;
      chunks.push(chunk);
    }
    return UTF_8.decode(Buffer.concat(chunks));
  } catch (error) {
    throw error === tooLarge ? tooLarge : new ApiError('invalid_json'); // the client left
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
