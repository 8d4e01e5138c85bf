/**
 * How does something work once, and not for long? A ticket is a one-time record with a purpose and a deadline. It lies
 * among the session records, so it needs no table of its own. Its key is a hash of the purpose and the secret: a ticket
 * for one purpose is none for another, and a leaked table redeems nothing.
 */
import type { SessionRecord } from './session/clocks.ts';
import type { SessionContent } from './session/content.ts';
import { keyOf, type SessionRecords } from './session/store.ts';

export interface Tickets<Value> {
  /** @param secret at least 128 random bits; never stored */
  issue(secret: string, value: Value): Promise<void>;
  /** The value, once and in time: of many who ask at the same moment, one gets it. Everybody else gets null. */
  redeem(secret: string): Promise<Value | null>;
}

/** @param purpose such as `sign-in`; tickets of another purpose are not found */
export function createTickets<Value extends object>(
  purpose: string,
  lifetimeMs: number,
  records: Pick<SessionRecords, 'read' | 'insert' | 'remove'>,
  now: () => number,
): Tickets<Value> {
  const keyFor = (secret: string) => keyOf(`ticket:${purpose}:${secret}`);

  return {
    async issue(secret, value) {
      const record = { content: contentOf({ ticket: value }), lastSeenAt: now() };
      await records.insert(keyFor(secret), record, record.lastSeenAt + lifetimeMs);
    },

    async redeem(secret) {
      const record: SessionRecord | null = await records.read(keyFor(secret));
      if (!record) return null;
      // Whoever removes it has it: the database says so to one only.
      const isOurs: boolean = await records.remove(keyFor(secret));
      if (!isOurs || now() >= record.lastSeenAt + lifetimeMs) return null;
      return valueIn<{ ticket: Value }>(record).ticket;
    },
  };
}

/** For records that are no session: the database keeps any JSON. No cookie opens them, as no session id has their key. */
export function contentOf(value: object): SessionContent {
  return value as SessionContent;
}

export function valueIn<Value>({ content }: SessionRecord): Value {
  return content as Value;
}
