/**
 * What the app may rely on when a session is kept, whatever the engine. The engine's statements are in records.ts.
 *
 * - The engine sees the SHA-256 of an id, never the id.
 * - A session is inserted once and then only updated. An update that finds no record is SessionEnded, however late
 *   it comes: a slow request cannot bring back a session that was logged out meanwhile (ASVS 7.4.1).
 * - Both clocks are checked on each read; the engine's own expiry only collects garbage.
 */
import type { Log } from '../log.ts';
import { MAX_SESSIONS_PER_USER } from '../security-policy.ts';
import { expiresAt, isDueForTouch, isLive, type SessionRecord } from './clocks.ts';
import type { SessionContent } from './content.ts';
import { handleOf, keyOf } from './keys.ts';

/** The session was terminated, maybe while this request was under way. Answered with 401. */
export class SessionEnded extends Error {
  override name = 'SessionEnded';
}

/** A session in an engine's list. */
export interface ListedRecord extends SessionRecord {
  key: string;
}

/**
 * The engine's statements. Each is one atomic step on the engine, bounded by ENGINE_DEADLINE_MS, and throws
 * EngineUnavailable when the engine does not answer. Times are milliseconds since 1970.
 */
export interface SessionRecords {
  read(key: string): Promise<SessionRecord | null>;
  /** Adds a record; throws when the key exists. */
  insert(key: string, record: SessionRecord, expiresAt: number): Promise<void>;
  /** Replaces the content, leaves the clocks. False, and nothing written, when there is no record. */
  update(key: string, content: SessionContent): Promise<boolean>;
  /** Moves last-seen and the expiry. False, and nothing written, when there is no record. */
  touch(key: string, lastSeenAt: number, expiresAt: number): Promise<boolean>;
  /** False when there was no record. */
  remove(key: string): Promise<boolean>;
  /** By an index: the cost follows the user's sessions, not the table. May hold ended records. */
  listByUser(userId: string): Promise<ListedRecord[]>;
  removeByUser(userId: string, exceptKey?: string): Promise<void>;
  removeAll(): Promise<void>;
  /** For engines without an expiry of their own. Several instances may run it at once. */
  removeExpired(now: number): Promise<void>;
}

/** A session object of the framework's middleware: the content, and a cookie that is not kept. */
type SessionObject = Partial<SessionContent> & { cookie?: unknown };

/** That a session object stands in the engine. Kept beside the object, so that no request can write it. */
interface Mark {
  lastSeenAt: number;
  /** What this request inserted: the middleware saves a new session again while answering. */
  inserted?: string;
}

export class SessionStore {
  readonly #records: SessionRecords;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #marks = new WeakMap<object, Mark>();

  /** @param now the app's clock, in milliseconds since 1970: the engine's clock is never asked */
  constructor(records: SessionRecords, now: () => number, log: Log) {
    this.#records = records;
    this.#now = now;
    this.#log = log;
  }

  /** The content of a live session, marked as stored; null when there is none. An ended one is removed. */
  async read(id: string): Promise<SessionContent | null> {
    const record = await this.#records.read(keyOf(id));
    if (!record) return null;
    if (!isLive(record, this.#now())) {
      await this.#records.remove(keyOf(id));
      this.#log.info(
        { event: 'session_expired', user: record.content.user?.id, session: handleOf(keyOf(id)) },
        'too old',
      );
      return null;
    }
    this.#marks.set(record.content, { lastSeenAt: record.lastSeenAt });
    return record.content;
  }

  /** Passes the mark on when a middleware copies the content it read into an object of its own. */
  adopt(session: object, from: object): void {
    const mark = this.#marks.get(from);
    if (mark) this.#marks.set(session, mark);
  }

  /**
   * Inserts a new session, updates a stored one.
   * @throws SessionEnded when a stored session is gone
   */
  async save(id: string, session: SessionObject): Promise<void> {
    const { cookie: _, ...content } = session;
    const json = JSON.stringify(content);
    const mark = this.#marks.get(session);
    if (mark) {
      if (mark.inserted === json) return;
      if (!(await this.#records.update(keyOf(id), JSON.parse(json)))) throw new SessionEnded();
      return;
    }
    const record = { content: JSON.parse(json) as SessionContent, lastSeenAt: this.#now() };
    await this.#records.insert(keyOf(id), record, expiresAt(record));
    this.#marks.set(session, { lastSeenAt: record.lastSeenAt, inserted: json });
  }

  /**
   * Notes that a session is in use, at most once per touch interval.
   * @throws SessionEnded when the session is gone
   */
  async keepAlive(id: string, session: SessionContent): Promise<void> {
    const mark = this.#marks.get(session);
    const now = this.#now();
    if (!mark || !isDueForTouch(mark.lastSeenAt, now)) return;
    const end = expiresAt({ content: session, lastSeenAt: now });
    if (!(await this.#records.touch(keyOf(id), now, end))) throw new SessionEnded();
    mark.lastSeenAt = now;
  }

  /** When a session was last used, in milliseconds since 1970, as written to the engine. */
  lastSeenAt(session: SessionContent): number {
    return this.#marks.get(session)?.lastSeenAt ?? session.renewedAt;
  }

  /** Ends a session for good. False when it had ended before. */
  async terminate(id: string): Promise<boolean> {
    return this.#records.remove(keyOf(id));
  }

  /** A user's live sessions, the newest first. */
  async list(userId: string): Promise<ListedRecord[]> {
    const records = await this.#records.listByUser(userId);
    const now = this.#now();
    return records.filter((record) => isLive(record, now)).sort((a, b) => b.content.createdAt - a.content.createdAt);
  }

  /** Ends one of the user's own sessions. False when the user has none of that handle. */
  async terminateByHandle(userId: string, handle: string): Promise<boolean> {
    const record = (await this.list(userId)).find(({ key }) => handleOf(key) === handle);
    return record !== undefined && (await this.#records.remove(record.key));
  }

  /** Ends all sessions of a user, or all but one. Says how many were live. */
  async terminateByUser(userId: string, exceptId?: string): Promise<number> {
    const exceptKey = exceptId === undefined ? undefined : keyOf(exceptId);
    const ended = (await this.list(userId)).filter(({ key }) => key !== exceptKey);
    await this.#records.removeByUser(userId, exceptKey);
    return ended.length;
  }

  /** Holds a user to MAX_SESSIONS_PER_USER by ending the oldest (ASVS 7.1.2). Says how many were ended. */
  async terminateSurplus(userId: string): Promise<number> {
    const surplus = (await this.list(userId)).slice(MAX_SESSIONS_PER_USER);
    for (const { key } of surplus) await this.#records.remove(key);
    return surplus.length;
  }
}
