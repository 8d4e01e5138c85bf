/** What several checks need: cookies seen, sessions of visitors, ids that were never given out. */
import { randomBytes, randomInt } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import type { Exchange } from '../http/exchange.ts';
import { isDeletion, type SetCookie, setCookiesOf } from '../http/set-cookie.ts';
import type { App } from './app.ts';
import type { Client, Cookies } from './client.ts';
import { draftOf } from './message.ts';

export interface Seen {
  cookie: SetCookie;
  exchange: Exchange;
}

/** Every time a session cookie was set so far; deletions apart. */
export function sessionSetCookies(app: App): Seen[] {
  return app.traffic.flatMap((exchange) =>
    setCookiesOf(exchange)
      .filter(
        (cookie) => app.sessionCookies.includes(cookie.name) && !isDeletion(cookie) && cookie.value !== '',
      )
      .map((cookie) => ({ cookie, exchange })),
  );
}

/** A visitor whom the app gave a session: by a page, or by a change that visitors may make. */
export async function visitorSession(app: App): Promise<Client | undefined> {
  const { csrf, change, whoAmI } = app.recipe;
  const client = app.visitor();
  const hasSession = () => app.credentialOf(client).size > 0;
  for (const request of ['GET /', whoAmI.request, ...(csrf ? [csrf.from] : [])]) {
    await client.follow(await client.send(draftOf(request)));
    if (hasSession()) return client;
  }
  if (change) await app.perform(client, change);
  return hasSession() ? client : undefined;
}

/** Values of the same shape as real ones, that nobody gave out. */
export function invented(app: App): Cookies {
  const [real = new Map<string, string>()] = app.issued;
  return new Map([...real].map(([name, value]) => [name, value.replace(/[A-Za-z0-9]/g, inventedLike)]));
}

export interface Forgery {
  what: string;
  cookies: Cookies;
}

/** Each part that differs between two real ids, altered; and the value cut, and without its last part. */
export function forgeries(real: Cookies, other: Cookies): Forgery[] {
  return [...real].flatMap(([name, value]) => {
    const forge = (what: string, altered: string): Forgery => ({
      what: `${name} with ${what}`,
      cookies: new Map([...real, [name, altered]]),
    });
    const parts = value.split(SEPARATOR);
    const others = other.get(name)?.split(SEPARATOR) ?? [];
    const altered = parts.flatMap((part, i) => {
      // What is the same in every id is no secret, such as the name of a node behind a balancer.
      // Times are the business of another check.
      if (i % 2 === 1 || part.length < 4 || part === others[i] || /^\d{9,13}$/.test(part)) return [];
      return [forge(`part ${i / 2 + 1} altered`, parts.with(i, withAnotherMiddle(part)).join(''))];
    });
    const last = parts.length > 2 ? [forge('the last part left out', parts.slice(0, -2).join(''))] : [];
    const nobody = randomBytes(24).toString('base64url');
    return [
      ...altered,
      ...last,
      forge('half of its value', value.slice(0, value.length / 2)),
      forge('a random value', nobody),
    ];
  });
}

/** SameSite of the cookie, as it was last set. */
export function sameSiteOf(app: App): string | undefined {
  return sessionSetCookies(app).at(-1)?.cookie.sameSite;
}

/** What a value says to somebody who decodes it: percent-encoding, base64, the parts of a JWT, Flask's zlib. */
export function readings(value: string): string[] {
  const plain = decoded(value);
  const parts = [plain, ...plain.split(/[.:|~]|--/)];
  const bytes = parts.map((part) => Buffer.from(part, 'base64'));
  return [...parts, ...bytes.map((part) => part.toString('latin1')), ...bytes.map(inflated)];
}

/** Ids as they may appear elsewhere: the values, and their parts that differ and are long enough to be no accident. */
export function differingParts(issued: readonly Cookies[]): string[] {
  const values = issued.flatMap((cookies) => [...cookies.values()]);
  const parts = values.flatMap((value) => [value, decoded(value), ...decoded(value).split(/[.:|~]|--/)]);
  return [...new Set(parts)].filter((part) => part.length >= LEAST_ID && !isShared(part, values));
}

/** Times in a value moved ten years on, where it holds any that can be read. */
export function withLaterTimes(cookies: Cookies): Cookies {
  const later = (text: string) =>
    text.replace(/\b1[5-9]\d{8}(\d{3})?\b/g, (time) =>
      String(Number(time) + (time.length > 10 ? 1000 : 1) * TEN_YEARS),
    );
  return new Map(
    [...cookies].map(([name, value]) => {
      const parts = value.split(SEPARATOR).map((part) => {
        const text = Buffer.from(part, 'base64').toString('latin1');
        return /^\{.*\}$/s.test(text) ? Buffer.from(later(text), 'latin1').toString('base64') : later(part);
      });
      return [name, parts.join('')];
    }),
  );
}

// --- internal ---

const LEAST_ID = 16;
const TEN_YEARS = 315_360_000;

/** Such as the header of a JWT. */
const isShared = (part: string, values: readonly string[]): boolean =>
  values.length > 1 && values.every((value) => decoded(value).includes(part));

function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: 65_536 }).toString('latin1');
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Between the parts of signed ids, JWTs and the like, also percent-encoded. */
const SEPARATOR = /(%3A|%2E|%7C|%2B|[.:|~]|--)/i;

/** In the middle, because the last character of base64 may hold bits that nobody reads. */
function withAnotherMiddle(text: string): string {
  const at = Math.floor(text.length / 2);
  const old = text[at] ?? '';
  let next = inventedLike(old);
  while (next === old) next = /[A-Za-z0-9]/.test(old) ? inventedLike(old) : 'x';
  return text.slice(0, at) + next + text.slice(at + 1);
}

function inventedLike(character: string): string {
  const alphabet = /\d/.test(character)
    ? '0123456789'
    : /[a-f]/.test(character)
      ? 'abcdef'
      : /[a-z]/.test(character)
        ? 'abcdefghijklmnopqrstuvwxyz'
        : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return alphabet[randomInt(alphabet.length)] ?? character;
}
