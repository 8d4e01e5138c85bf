/** What does a server say in Set-Cookie, and would a browser keep it? RFC 6265bis sections 5.6 and 5.7. */
import type { Exchange } from './exchange.ts';

export interface SetCookie {
  name: string;
  value: string;
  secure: boolean;
  httpOnly: boolean;
  /** In lower case, as sent; undefined where it is left to the browser. */
  sameSite: string | undefined;
  path: string | undefined;
  domain: string | undefined;
  /** Seconds from now until it ends, by Max-Age or else Expires; undefined for a session cookie. */
  lifetime: number | undefined;
  raw: string;
}

export function setCookiesOf({ headers }: Pick<Exchange, 'headers'>): SetCookie[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .map(([, raw]) => parseSetCookie(raw));
}

export function parseSetCookie(raw: string): SetCookie {
  const [pair = '', ...rest] = raw.split(';');
  const [name, value] = split(pair);
  const attributes = new Map(rest.map((part) => split(part)).map(([key, text]) => [key.toLowerCase(), text]));
  return {
    name,
    value,
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite')?.toLowerCase(),
    path: attributes.get('path') || undefined,
    domain: attributes.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    lifetime: lifetimeOf(attributes.get('max-age'), attributes.get('expires')),
    raw,
  };
}

export const isDeletion = ({ lifetime }: SetCookie): boolean => lifetime !== undefined && lifetime <= 0;

/** Why a browser would not store this cookie from this origin; undefined when it would. */
export function refusalOf(cookie: SetCookie, origin: URL): string | undefined {
  const { name, secure, path, domain, httpOnly } = cookie;
  // Browsers trust localhost, but not all of them let it set Secure cookies over http; the audit takes their side.
  const isSecureOrigin = origin.protocol === 'https:' || isLocal(origin.hostname);
  if (secure && !isSecureOrigin) return 'Secure over plain http';
  if (domain && domain !== origin.hostname && !origin.hostname.endsWith(`.${domain}`))
    return 'Domain of another host';
  if (/^__(secure|host|http)-/i.test(name) && !secure) return 'a prefix without Secure';
  if (/^__host-/i.test(name) && (path !== '/' || domain))
    return '__Host- with another Path than / or with Domain';
  if (/^__(host-)?http-/i.test(name) && !httpOnly) return 'a prefix without HttpOnly';
  return undefined;
}

/** What a browser holds after these answers: values by name, domain and path. Expired cookies are gone. */
export class BrowserJar {
  readonly #held = new Map<string, SetCookie>();
  readonly #origin: URL;

  constructor(origin: URL) {
    this.#origin = origin;
  }

  take(exchange: Exchange): void {
    for (const cookie of setCookiesOf(exchange)) {
      if (refusalOf(cookie, this.#origin)) continue;
      const key = JSON.stringify([cookie.name, cookie.domain, cookie.path ?? folderOf(exchange.sent.path)]);
      if (isDeletion(cookie)) this.#held.delete(key);
      else this.#held.set(key, cookie);
    }
  }

  valuesOf(name: string): string[] {
    return [...this.#held.values()].filter((cookie) => cookie.name === name).map(({ value }) => value);
  }
}

// --- internal ---

const isLocal = (host: string): boolean => /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(host);

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Max-Age wins over Expires; what cannot be read is ignored, as browsers do. */
function lifetimeOf(maxAge: string | undefined, expires: string | undefined): number | undefined {
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge);
  const end = expires === undefined ? Number.NaN : Date.parse(expires);
  return Number.isNaN(end) ? undefined : (end - Date.now()) / 1000;
}

/** The default path of a cookie without one. */
function folderOf(path: string): string {
  const [pathname = '/'] = path.split('?');
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}
