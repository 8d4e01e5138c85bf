import { promisify } from 'node:util';
import { withRedis } from '../../databases/clients.ts';
import { startRedis } from '../../databases/redis.ts';
import type { Adapter, Side } from './adapter.ts';
import { digest, type Session, stockId, stockSession } from './population.ts';

type Client = Parameters<Parameters<typeof withRedis>[1]>[0];

/** INDEX_TTL_MS of the generated store. */
const INDEX_TTL_MS = 400 * 24 * 60 * 60 * 1000;
/** connect-redis's default: a cookie without an end lives a day. */
const STOCK_TTL_MS = 24 * 60 * 60 * 1000;
/** Redis takes its time with the last ones: of all keys that may expire it leaves about a tenth. */
const LEFT = 1 / 8;

const recordOf = (key: string): string => `session:${key}`;
const indexOf = (userId: string): string => `sessions-of:${userId}`;

/** Keys that may expire and have not, by URL. */
const live = new Map<string, number>();

export const redis: Adapter = {
  sides: ['ours', 'stock'],
  start: startRedis,
  idOfUser: (email) => `${digest(email).slice(0, 22)}.${digest(`id of ${email}`).slice(0, 22)}`,
  fillUsers: (url, people, passwordHash) =>
    withRedis(url, async (client) => {
      for (const users of people.userBatches()) {
        const writes = users.map(({ id, email }) => {
          const fields = { id, email, passwordHash, credentialVersion: '1', disabled: 'false' };
          return client.hSet(`user:${id.split('.')[0]}`, fields);
        });
        await Promise.all(writes);
      }
    }),
  fill: (url, side, batches) =>
    withRedis(url, async (client) => {
      for (const sessions of batches) await write(client, side, sessions);
    }),
  /** The append-only file grew by every command: it is rewritten now, not in the middle of a measurement. */
  settle: (url) =>
    withRedis(url, async (client) => {
      await client.sendCommand(['BGREWRITEAOF']);
      while (/aof_rewrite_(in_progress|scheduled):1/.test(await client.info('persistence'))) await pause(50);
    }),
  stored: (url, { key, user }) =>
    withRedis(url, async (client) => ({
      type: await client.type(recordOf(key)),
      encoding: await client.sendCommand(['OBJECT', 'ENCODING', recordOf(key)]),
      record: await client.sendCommand(['HGETALL', recordOf(key)]),
      expires: (await client.pTTL(recordOf(key))) > 0,
      index: await client.sendCommand(['OBJECT', 'ENCODING', indexOf(user.id)]),
      score: await client.zScore(indexOf(user.id), key),
      indexExpires: (await client.pTTL(indexOf(user.id))) > 0,
    })),
  bytes: (url) =>
    withRedis(url, async (client) => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])),
  async scan({ store }, userId) {
    const all = promisify((store as unknown as { all: (done: Done) => void }).all.bind(store));
    return (await all()).filter(({ content }) => content.user.id === userId).length;
  },
  expired: {
    sides: ['ours'], // Redis deletes those of the published store in the same way
    share: 0.25,
    fill: (url, side, batches) =>
      withRedis(url, async (client) => {
        if (!live.has(url)) live.set(url, await mayExpire(client));
        const begin = Date.now();
        const keys: string[] = [];
        for (const sessions of batches) {
          await write(client, side, sessions);
          keys.push(...sessions.map((session) => keyOf(side, session)));
        }
        // All at one moment, which lies behind the time that it takes to say so.
        const at = 2 * Date.now() - begin + 1000;
        for (let first = 0; first < keys.length; first += 5000) {
          await Promise.all(keys.slice(first, first + 5000).map((key) => client.pExpireAt(key, at)));
        }
        if (Date.now() > at) throw new Error('some expired while others had not been told to');
        await pause(at - Date.now());
      }),
    /** Redis deletes them itself. What our index lists of them goes when it is read next. */
    remove: (url) =>
      withRedis(url, async (client) => {
        const left = (live.get(url) ?? 0) / (1 - LEFT);
        while ((await mayExpire(client)) > left) await pause(5);
      }),
  },
};

// --- internal ---

type Done = (error: unknown, sessions: { content: { user: { id: string } } }[]) => void;

async function write(client: Client, side: Side, sessions: readonly Session[]): Promise<void> {
  await Promise.all(sessions.flatMap((session) => commands(client, side, session)));
}

function keyOf(side: Side, { key, id }: Session): string {
  return side === 'ours' ? recordOf(key) : `sess:${stockId(id)}`;
}

async function mayExpire(client: Client): Promise<number> {
  return Number(/expires=(\d+)/.exec(await client.info('keyspace'))?.[1]);
}

/** What the scripts of the generated store leave behind. */
function commands(client: Client, side: Side, session: Session): Promise<unknown>[] {
  const record = keyOf(side, session);
  if (side === 'stock') {
    const expiration = { type: 'PX', value: STOCK_TTL_MS } as const;
    return [client.set(record, JSON.stringify(stockSession(session)), { expiration })];
  }
  const { key, user, content, lastSeenAt, expiresAt } = session;
  const fields = ['content', JSON.stringify(content), 'lastSeenAt', String(lastSeenAt), 'userId', user.id];
  return [
    client.hSet(record, fields),
    client.pExpire(record, expiresAt - lastSeenAt),
    client.zAdd(indexOf(user.id), { score: 1, value: key }),
    client.pExpire(indexOf(user.id), INDEX_TTL_MS),
  ];
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
