/**
 * What may the app rely on when a session is kept, whatever the database?
 *
 * - The database sees the SHA-256 of an id, never the id.
 * - A session is inserted once and then only updated. An update that finds no record is SessionEnded, however late it
 *   comes: a slow request cannot bring back a session that was logged out meanwhile (ASVS 7.4.1).
 * - Both clocks are checked on each read; the database's own expiry only collects garbage.
 *
 * Our own, as every published store lets a slow request bring an ended session back, keeps ids in clear and cannot
 * list a user's sessions.
 */
import { hash, randomBytes } from 'node:crypto';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { MAX_SESSIONS_PER_USER, SESSION_ID_BYTES } from '../security-policy.ts';
import { expiresAt, isDueForTouch, isLive, type SessionRecord } from './clocks.ts';
import type { SessionContent } from './content.ts';

/** The session was ended, maybe while this request was under way. Clients get a 401. */
export class SessionEnded extends ApiError {
  override name = 'SessionEnded';

  constructor() {
    super('unauthenticated');
  }
}

/** A session in a user's list. */
export type ListedRecord = SessionRecord & { key: string };

/**
 * The database's statements (database/sessions.ts). Each is one atomic step and throws DatabaseUnavailable when the
 * database does not answer. Times are milliseconds since 1970.
 */
export interface SessionRecords {
  read(key: string): Promise<SessionRecord | null>;
  /** Adds a record; throws when the key exists. */
  insert(key: string, record: SessionRecord, expiresAt: number): Promise<unknown>;
  /** Replaces the content, leaves the clocks. False, and nothing written, when there is no record. */
  update(key: string, content: SessionContent): Promise<boolean>;
  /** Moves last-seen and the expiry. False, and nothing written, when there is no record. */
  touch(key: string, lastSeenAt: number, expiresAt: number): Promise<boolean>;
  /** False when there was no record. */
  remove(key: string): Promise<boolean>;
  /** By an index: the cost follows the user's sessions, not the table. May contain ended records. */
  listByUser(userId: string): Promise<ListedRecord[]>;
  removeByUser(userId: string, exceptKey?: string): Promise<unknown>;
  removeAll(): Promise<unknown>;
  /** For databases without an expiry of their own. Several instances may run it at once. */
  removeExpired(now: number): Promise<unknown>;
}

/** A session object of the framework's middleware: the content, and a cookie that is not stored. */
type SessionObject = Partial<SessionContent> & { cookie?: unknown };

/** What is known of a session object that the database has. Kept beside the object, so that no request can write it. */
interface Loaded {
  lastSeenAt: number;
  /** What this request inserted: the middleware saves a new session again while it answers. */
  inserted?: string;
}

/** A new session id from the system's random generator, base64url. */
export function newSessionId(): string {
  return randomBytes(SESSION_ID_BYTES).toString('base64url');
}

/** The database's key of a session. A fast hash is enough: unlike a password, 256 random bits cannot be guessed. */
export function keyOf(id: string): string {
  return sha256(id);
}

/** The public name of a session in lists and logs. Neither the id nor the key can be derived from it. */
export function handleOf(key: string): string {
  return sha256(`handle:${key}`).slice(0, 22);
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

export class SessionStore {
  readonly #records: SessionRecords;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #loaded = new WeakMap<object, Loaded>();

  /** @param now the app's clock, in milliseconds since 1970; the database's clock is never asked */
  constructor(records: SessionRecords, now: () => number, log: Log) {
    this.#records = records;
    this.#now = now;
    this.#log = log;
  }

  /** The content of a live session; null when there is none. An ended one is removed. */
  async read(id: string): Promise<SessionContent | null> {
    const record = await this.#records.read(keyOf(id));
    if (!record) return null;
    const { content, lastSeenAt } = record;
    if (!isLive(record, this.#now())) {
      await this.#records.remove(keyOf(id));
      const session = handleOf(keyOf(id));
      this.#log.info({ event: 'session_expired', user: content.user?.id, session }, 'the session has expired');
      return null;
    }
    this.#loaded.set(content, { lastSeenAt });
    return content;
  }

  /** For a middleware that copies the content it read into an object of its own. */
  carryOver(from: object, to: object): void {
    const loaded = this.#loaded.get(from);
    if (loaded) this.#loaded.set(to, loaded);
  }

  /**
   * Inserts a new session, updates a stored one.
   * @throws SessionEnded when a stored session is gone
   */
  async save(id: string, session: SessionObject): Promise<void> {
    const { cookie: _, ...content } = session;
    const json = JSON.stringify(content);
    const loaded = this.#loaded.get(session);
    if (loaded) {
      if (loaded.inserted === json) return;
      const isThere: boolean = await this.#records.update(keyOf(id), JSON.parse(json));
      if (!isThere) throw new SessionEnded();
      return;
    }
    const record = { content: JSON.parse(json) as SessionContent, lastSeenAt: this.#now() };
    await this.#records.insert(keyOf(id), record, expiresAt(record));
    this.#loaded.set(session, { lastSeenAt: record.lastSeenAt, inserted: json });
  }

  /**
   * Notes that a session is in use, at most once per touch interval.
   * @throws SessionEnded when the session is gone
   */
  async touch(id: string, session: SessionContent): Promise<void> {
    const loaded = this.#loaded.get(session);
    const now = this.#now();
    if (!loaded || !isDueForTouch(loaded.lastSeenAt, now)) return;
    const end = expiresAt({ content: session, lastSeenAt: now });
    const isThere: boolean = await this.#records.touch(keyOf(id), now, end);
    if (!isThere) throw new SessionEnded();
    loaded.lastSeenAt = now;
  }

  /** When a session was last used, as written to the database. */
  lastSeenAt(session: SessionContent): number {
    return this.#loaded.get(session)?.lastSeenAt ?? session.renewedAt;
  }

  /** Ends a session for good. False when it had ended before. */
  async end(id: string): Promise<boolean> {
    return this.#records.remove(keyOf(id));
  }

  /** A user's live sessions, the newest first. */
  async list(userId: string): Promise<ListedRecord[]> {
    const records = await this.#records.listByUser(userId);
    const now = this.#now();
    return records.filter((record) => isLive(record, now)).sort((a, b) => b.content.createdAt - a.content.createdAt);
  }

  /** Ends what a sign-in goes on as under another id: re-authentication keeps the time of the sign-in. */
  async endSignIn(userId: string, createdAt: number): Promise<void> {
    const records = await this.#records.listByUser(userId);
    for (const { key, content } of records) if (content.createdAt === createdAt) await this.#records.remove(key);
  }

  /** Ends one of the user's own sessions. False when the user has none with this handle. */
  async endByHandle(userId: string, handle: string): Promise<boolean> {
    const record = (await this.list(userId)).find(({ key }) => handleOf(key) === handle);
    return record !== undefined && this.#records.remove(record.key);
  }

  /** Ends all sessions of a user, or all but one. Returns how many were live. */
  async endByUser(userId: string, exceptId?: string): Promise<number> {
    const exceptKey = exceptId === undefined ? undefined : keyOf(exceptId);
    const ended = (await this.list(userId)).filter(({ key }) => key !== exceptKey);
    await this.#records.removeByUser(userId, exceptKey);
    return ended.length;
  }

  /** Ends a user's oldest sessions beyond MAX_SESSIONS_PER_USER (ASVS 7.1.2). Returns how many. */
  async endSurplus(userId: string): Promise<number> {
    const surplus = (await this.list(userId)).slice(MAX_SESSIONS_PER_USER);
    for (const { key } of surplus) await this.#records.remove(key);
    return surplus.length;
  }

  async endAll(): Promise<void> {
    await this.#records.removeAll();
  }
}
