/** What several checks need: cookies seen, sessions of visitors, ids that were never given out. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Exchange } from '../http/exchange.ts';
import { isDeletion, type SetCookie, setCookiesOf } from '../http/set-cookie.ts';
import type { App } from './app.ts';
import type { Client, Cookies } from './client.ts';
import { SEPARATOR } from './id-values.ts';
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
  for (const request of [app.home, whoAmI.request, ...(csrf ? [csrf.from] : [])]) {
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

// --- internal ---

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
