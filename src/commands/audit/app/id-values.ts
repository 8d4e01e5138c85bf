/** What is in the value of a session cookie? Parts, times, and what anybody can decode. */
import { inflateSync } from 'node:zlib';
import type { Cookies } from './client.ts';

/** Between the parts of signed ids, JWTs and the like, also percent-encoded. */
export const SEPARATOR = /(%3A|%2E|%7C|%2B|[.:|~]|--)/i;

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
