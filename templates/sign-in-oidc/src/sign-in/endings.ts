/**
 * Which sign-ins has the provider ended? A logout token may name a session of the provider that we know by no user, or
 * overtake the sign-in it ends. So the provider's session is noted at sign-in and each ending is noted too; a sign-in
 * looks for one after its session is made. Whichever comes second ends the session. The notes lie among the session
 * records, so all instances see them.
 */
import { ABSOLUTE_TIMEOUT_MS, SIGN_IN_LIFETIME_MS } from '../security-policy.ts';
import type { SessionRecord } from '../session/clocks.ts';
import { keyOf, type SessionRecords } from '../session/store.ts';
import { contentOf, valueIn } from '../tickets.ts';

interface Note {
  userId?: string;
  /** By the wall clock, in milliseconds since 1970. */
  endedAt?: number;
}

export interface Endings {
  /** Notes who signed in in a session of the provider. */
  noteSignIn(issuer: string, sid: string, userId: string): Promise<void>;
  /** A session of the provider is over. Returns who had signed in in it, if that is known. */
  noteEndOfSession(issuer: string, sid: string): Promise<string | null>;
  /** All sessions of a subject are over, and every sign-in that has begun. */
  noteEndOfSubject(issuer: string, subject: string): Promise<void>;
  /** Whether a sign-in that began at that time was ended while it was under way. A `sid` that ended never comes back. */
  hasEnded(identity: { iss: string; sub: string; sid?: string | undefined }, beganAt: number): Promise<boolean>;
}

export function createEndings(records: SessionRecords, now: () => number): Endings {
  const sessionKey = (issuer: string, sid: string) => keyOf(`provider-session:${issuer} ${sid}`);
  const subjectKey = (issuer: string, subject: string) => keyOf(`provider-subject:${issuer} ${subject}`);

  async function read(key: string): Promise<Note | null> {
    const record: SessionRecord | null = await records.read(key);
    return record && valueIn<{ note: Note }>(record).note;
  }

  /** False when there is one already. */
  async function insert(key: string, note: Note, lifetimeMs: number): Promise<boolean> {
    try {
      await records.insert(key, { content: contentOf({ note }), lastSeenAt: now() }, now() + lifetimeMs);
      return true;
    } catch (error) {
      const isThere: boolean = (await read(key)) !== null;
      if (!isThere) throw error;
      return false;
    }
  }

  async function noteEnd(key: string): Promise<Note | null> {
    const ended = { endedAt: Date.now() };
    const isNew: boolean = await insert(key, ended, SIGN_IN_LIFETIME_MS);
    if (isNew) return null;
    const note: Note | null = await read(key);
    await records.update(key, contentOf({ note: { ...note, ...ended } }));
    return note;
  }

  return {
    async noteSignIn(issuer, sid, userId) {
      const key = sessionKey(issuer, sid);
      const isKnown: boolean = await records.touch(key, now(), now() + ABSOLUTE_TIMEOUT_MS);
      if (!isKnown) await insert(key, { userId }, ABSOLUTE_TIMEOUT_MS);
    },

    async noteEndOfSession(issuer, sid) {
      const note: Note | null = await noteEnd(sessionKey(issuer, sid));
      return note?.userId ?? null;
    },

    async noteEndOfSubject(issuer, subject) {
      const key = subjectKey(issuer, subject);
      await noteEnd(key);
      await records.touch(key, now(), now() + SIGN_IN_LIFETIME_MS);
    },

    async hasEnded({ iss, sub, sid }, beganAt) {
      const session: Note | null = sid === undefined ? null : await read(sessionKey(iss, sid));
      const subject: Note | null = await read(subjectKey(iss, sub));
      return session?.endedAt !== undefined || (subject?.endedAt ?? 0) >= beganAt;
    },
  };
}
