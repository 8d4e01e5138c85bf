/**
 * How are sessions kept in Redis? One hash per session, which expires by itself, and one index per user. Session and
 * index may be on two nodes of a cluster, so no command touches both. The order of the steps makes sure that a live
 * session is in its user's index:
 *
 * - insert: announce the session in the index, write it, mark it as written in the index
 * - remove: take it out of the index, then delete it. Whichever runs between the steps of the other, the session ends
 *   up either gone or in the index.
 * - list: an entry that is marked as written and has no session is over, as a session never comes back, and is pruned.
 *   One that is only announced may be about to be written.
 */
import type { SessionRecord } from '../session/clocks.ts';
import type { ListedRecord, SessionRecords } from '../session/store.ts';
import { type Db, script } from './client.ts';
import { type Database, scanKeys } from './connection.ts';

/** Longer than any session lives, so that raising a time-out later leaves no session without its index. */
const INDEX_TTL_MS = 400 * 24 * 60 * 60 * 1000;

/** The score of an entry in the index. */
const ANNOUNCED = 0;
const WRITTEN = 1;

const INSERT = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  redis.call('HSET', KEYS[1], 'content', ARGV[1], 'lastSeenAt', ARGV[2], 'userId', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 1`);

const UPDATE = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  redis.call('HSET', KEYS[1], 'content', ARGV[1])
  return 1`);

const TOUCH = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  redis.call('HSET', KEYS[1], 'lastSeenAt', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 1`);

const ADD_TO_INDEX = script<number>(`
  redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
  return redis.call('PEXPIRE', KEYS[1], ARGV[3])`);

export function createSessionRecords({ run }: Pick<Database, 'run'>): SessionRecords {
  return {
    read: (key) => run('sessions.read', (db) => readRecord(db, key)),

    insert: (key, { content, lastSeenAt }, expiresAt) =>
      run('sessions.insert', async (db) => {
        const userId = content.user?.id ?? '';
        const index = indexOf(userId);
        if (userId) await ADD_TO_INDEX(db, index, ANNOUNCED, key, INDEX_TTL_MS);
        const ttl = timeToLive(lastSeenAt, expiresAt);
        if ((await INSERT(db, recordOf(key), JSON.stringify(content), lastSeenAt, userId, ttl)) === 0) {
          if ((await db.hGet(recordOf(key), 'userId')) !== userId) await db.zRem(index, key);
          throw new Error('the session exists');
        }
        if (userId) await ADD_TO_INDEX(db, index, WRITTEN, key, INDEX_TTL_MS);
      }),

    update: (key, content) =>
      run('sessions.update', async (db) => (await UPDATE(db, recordOf(key), JSON.stringify(content))) === 1),

    touch: (key, lastSeenAt, expiresAt) =>
      run('sessions.touch', async (db) => {
        const ttl = timeToLive(lastSeenAt, expiresAt);
        return (await TOUCH(db, recordOf(key), lastSeenAt, ttl)) === 1;
      }),

    remove: (key) =>
      run('sessions.remove', async (db) => {
        const userId = await db.hGet(recordOf(key), 'userId');
        if (userId) await db.zRem(indexOf(userId), key);
        return (await db.del(recordOf(key))) === 1;
      }),

    listByUser: (userId) =>
      run('sessions.listByUser', async (db) => {
        const entries = await db.zRangeWithScores(indexOf(userId), 0, -1);
        const found = await Promise.all(
          entries.map(async ({ value: key, score }) => ({ key, score, record: await readRecord(db, key) })),
        );
        const ended = found.filter(({ score, record }) => !record && score === WRITTEN);
        if (ended.length > 0) {
          await db.zRem(
            indexOf(userId),
            ended.map(({ key }) => key),
          );
        }
        return found.flatMap(({ key, record }): ListedRecord[] => (record ? [{ key, ...record }] : []));
      }),

    removeByUser: (userId, exceptKey) =>
      run('sessions.removeByUser', async (db) => {
        const entries = await db.zRangeWithScores(indexOf(userId), 0, -1);
        const keys = entries.map(({ value }) => value).filter((key) => key !== exceptKey);
        if (keys.length === 0) return;
        await db.zRem(indexOf(userId), keys);
        await Promise.all(keys.map((key) => db.del(recordOf(key))));
      }),

    /** For scripts only: an index of all sessions would cost every login a hot key. */
    removeAll: async () => {
      for await (const keys of scanKeys(run, 'sessions.removeAll', recordOf('*'))) {
        await run('sessions.removeAll', (db) => Promise.all(keys.map((key) => db.del(key))));
      }
    },

    /** Redis deletes expired keys by itself. */
    removeExpired: async () => {},
  };
}

const recordOf = (key: string) => `session:${key}`;
const indexOf = (userId: string) => `sessions-of:${userId}`;

async function readRecord(db: Db, key: string): Promise<SessionRecord | null> {
  const [content, lastSeenAt] = await db.hmGet(recordOf(key), ['content', 'lastSeenAt']);
  return content ? { content: JSON.parse(content), lastSeenAt: Number(lastSeenAt) } : null;
}

/** Relative, in milliseconds: the clock of Redis plays no part. */
function timeToLive(now: number, expiresAt: number): number {
  return Math.ceil(expiresAt - now);
}
