/** What can go wrong only with Redis: expiry, the index, scans, risks of loss, addresses, the cluster. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject } from 'vitest';
import { type DevelopmentDatabase, startDevelopmentDatabase } from '../scripts/database.ts';
import { isInstalled, runProgram } from '../scripts/database-process.ts';
import type { Db } from '../src/database/client.ts';
import { connectDatabase, type Database, databaseUrlProblem } from '../src/database/connection.ts';
import { migrate } from '../src/database/migrations.ts';
import { createSessionRecords } from '../src/database/sessions.ts';
import { createUsers } from '../src/database/users.ts';
import { DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import {
  ABSOLUTE_TIMEOUT_MS,
  ANONYMOUS_IDLE_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  TOUCH_INTERVAL_MS,
} from '../src/security-policy.ts';
import { keyOf } from '../src/session/store.ts';
import { it } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { createUser, register, visitor } from './support/fixtures.ts';

const HAS_DATABASE = inject('databaseUrl') !== null;

const random = () => randomBytes(16).toString('base64url');
const NOW = Date.now();

/** What a test may take from one look at a time-to-live to the next. */
const TOLERANCE_MS = 5000;

const record = (userId?: string) => {
  const client = { ip: '192.0.2.0/24', userAgent: 'a test' };
  const user = userId === undefined ? {} : { user: { id: userId, credentialVersion: 1 } };
  return { content: { ...user, createdAt: NOW, renewedAt: NOW, client }, lastSeenAt: NOW };
};

const open = async (url: string) =>
  createClient({ url, socket: { reconnectStrategy: false } })
    .on('error', () => {})
    .connect();
const log = createLog('info', { write: () => {} });
const connectQuietly = (url: string) => connectDatabase(url, { log });

describe.skipIf(!HAS_DATABASE)('what is kept in Redis', () => {
  let redis: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    redis = await open(inject('databaseUrl') ?? '');
  });
  afterAll(() => redis.destroy());

  const timeToLive = async (key: string) => Number(await redis.pTTL(key));
  const expectAbout = (found: number, wanted: number) => {
    expect(found).toBeLessThanOrEqual(wanted);
    expect(found).toBeGreaterThan(wanted - TOLERANCE_MS);
  };

  it('is a session that expires with the idle time-out, or earlier with the absolute one', async ({ app }) => {
    const { browser } = await register(app);
    const key = `session:${keyOf(idIn(await browser.cookie()))}`;
    expectAbout(await timeToLive(key), Math.min(IDLE_TIMEOUT_MS, ABSOLUTE_TIMEOUT_MS));
    const end = app.clock.now + ABSOLUTE_TIMEOUT_MS;
    while (end - app.clock.now > IDLE_TIMEOUT_MS / 2) {
      app.clock.now += Math.max(TOUCH_INTERVAL_MS, IDLE_TIMEOUT_MS / 2);
      if (app.clock.now >= end) break;
      expect((await browser.get('/api/sessions')).status).toBe(200);
      expectAbout(await timeToLive(key), Math.min(IDLE_TIMEOUT_MS, end - app.clock.now));
    }
  });

  it("is a visitor's session that expires with its own time-out", async ({ app }) => {
    const key = `session:${keyOf(idIn(await (await visitor(app)).cookie()))}`;
    expectAbout(await timeToLive(key), Math.min(ANONYMOUS_IDLE_TIMEOUT_MS, ABSOLUTE_TIMEOUT_MS));
  });

  it("is a user's index that outlives every session in it", async ({ app }) => {
    const { id } = await register(app);
    expect(await timeToLive(`sessions-of:${id}`)).toBeGreaterThanOrEqual(ABSOLUTE_TIMEOUT_MS);
  });

  it('is a throttling key that expires when its points are back', async ({ app }) => {
    const key = random();
    for (const taken of [1, 2]) {
      await app.records.throttle.consume(key, { points: 10, perMs: 600_000 }, app.clock.now);
      expectAbout(await timeToLive(`throttle:${key}`), taken * 60_000);
    }
    await app.records.throttle.refund(key, { points: 10, perMs: 600_000 });
    expectAbout(await timeToLive(`throttle:${key}`), 120_000);
  });

  it('is neither a session id nor a password', async ({ app }) => {
    const { browser, password, id } = await register(app);
    const sessionId = idIn(await browser.cookie());
    const key = `session:${keyOf(sessionId)}`;
    const kept = JSON.stringify([
      await redis.hGetAll(key),
      await redis.zRange(`sessions-of:${id}`, 0, -1),
      await redis.hGetAll(`user:${id.split('.')[0]}`),
    ]);
    expect(kept).toContain(id);
    expect(kept).not.toContain(sessionId);
    expect(kept).not.toContain(password);
  });

  it('is found by scripts that a server forgot', async ({ app }) => {
    await redis.scriptFlush();
    const key = random();
    await app.records.sessions.insert(key, record(random()), NOW + 60_000);
    expect(await app.records.sessions.touch(key, NOW, NOW + 60_000)).toBe(true);
  });
});

describe.skipIf(!HAS_DATABASE)("a user's index", () => {
  let database: Database;
  let commands: string[];
  beforeEach(() => {
    database = connectQuietly(inject('databaseUrl') ?? '');
    commands = [];
  });
  afterEach(() => database.close());

  /** Session records whose commands are noted. */
  const records = () =>
    createSessionRecords({
      run: (name, work) =>
        database.run(name, (db) => {
          const noted = new Proxy(db, {
            get: (target, command: keyof Db) => {
              commands.push(command);
              return target[command].bind(target);
            },
          });
          return work(noted);
        }),
    });

  it('is all that listing and removing read, however many sessions others have', async () => {
    const userId = random();
    for (let session = 0; session < 3; session++) {
      await records().insert(random(), record(random()), NOW + 60_000);
      await records().insert(random(), record(userId), NOW + 60_000);
    }
    commands = [];
    await records().listByUser(userId);
    expect(commands).toEqual(['zRangeWithScores', 'hmGet', 'hmGet', 'hmGet']);
    commands = [];
    await records().removeByUser(userId);
    expect(commands).toEqual(['zRangeWithScores', 'zRem', 'del', 'del', 'del']);
  });

  it('loses the entry of a session with the session', async () => {
    const userId = random();
    const key = random();
    await records().insert(key, record(userId), NOW + 60_000);
    expect(await records().remove(key)).toBe(true);
    commands = [];
    expect(await records().listByUser(userId)).toEqual([]);
    expect(commands).toEqual(['zRangeWithScores']); // nothing to prune
  });

  it('loses the entries of sessions that have expired when it is listed', async () => {
    const userId = random();
    await records().insert(random(), record(userId), NOW); // expires at once
    commands = [];
    expect(await records().listByUser(userId)).toEqual([]);
    expect(await records().listByUser(userId)).toEqual([]);
    expect(commands).toEqual(['zRangeWithScores', 'hmGet', 'zRem', 'zRangeWithScores']);
  });

  it('does not lose a session that is listed while it is being written', async () => {
    const userId = random();
    const key = random();
    let step = 0;
    const listing = createSessionRecords(database);
    const interrupted = createSessionRecords({
      run: (name, work) =>
        database.run(name, (db) => {
          const slow = new Proxy(db, {
            get: (target, command: keyof Db) => {
              const call = target[command].bind(target) as (...input: unknown[]) => Promise<unknown>;
              return async (...input: unknown[]) => {
                if (step++ > 0) await listing.listByUser(userId);
                return call(...input);
              };
            },
          });
          return work(slow);
        }),
    });
    await interrupted.insert(key, record(userId), NOW + 60_000);
    expect(step).toBeGreaterThan(2);
    expect((await listing.listByUser(userId)).map((listed) => listed.key)).toEqual([key]);
  });
});

describe.skipIf(!isInstalled('redis-server'))('on a Redis of its own', () => {
  let server: DevelopmentDatabase;
  let database: Database;
  beforeEach(async () => {
    server = await startDevelopmentDatabase();
    database = connectQuietly(server.url);
  });
  afterEach(async () => {
    await database.close();
    await server.stop();
  });

  it('everybody is signed out, in more steps than one', async () => {
    const records = createSessionRecords(database);
    const users = createUsers(database);
    const user = await createUser(users, 'a');
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(Array.from({ length: 250 }, () => records.insert(random(), record(), NOW + 60_000)));
    }
    await records.insert('key', record(user?.id), NOW + 60_000);
    await users.raiseAllCredentialVersions();
    await records.removeAll();
    expect(await records.read('key')).toBeNull();
    expect(await users.findById(user?.id ?? '')).toEqual({ ...user, credentialVersion: 2 });
    const redis = await open(server.url);
    expect((await redis.scan('0', { MATCH: 'session:*', COUNT: 10_000 })).keys).toEqual([]);
    redis.destroy();
  });

  it('a server that takes no writes any more is left for the one that the address leads to now', async () => {
    const redis = await open(server.url);
    const users = createUsers(database);
    await database.ping();
    const connections = async () => Number((await redis.info('stats')).match(/total_connections_received:(\d+)/)?.[1]);
    const before = await connections();
    await redis.replicaOf('127.0.0.1', 9);
    await expect(createUser(users, 'a')).rejects.toThrow(DatabaseUnavailable);
    await expect.poll(connections, { timeout: 5000 }).toBeGreaterThan(before);
    await redis.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    await expect
      .poll(() => createUser(users, 'a').catch(() => null), { timeout: 5000 })
      .toMatchObject({ email: 'a@example.test' });
    redis.destroy();
  });

  it('the risk of losing data is reported, and that it could not be checked', async () => {
    const risks = async () => (await migrate(server.url)).slice(0, -1);
    expect(await risks()).toEqual([]);
    const redis = await open(server.url);
    await redis.configSet('save', '3600 1');
    await redis.configSet('appendonly', 'no');
    expect(await risks()).toEqual([]); // there are snapshots
    await redis.configSet('save', '');
    await redis.configSet('maxmemory-policy', 'allkeys-lru');
    expect(await risks()).toEqual([
      expect.stringContaining('appendonly yes'),
      expect.stringContaining('maxmemory-policy noeviction'),
    ]);
    await redis.sendCommand(['ACL', 'SETUSER', 'default', '-config']);
    expect(await risks()).toHaveLength(1);
    redis.destroy();
  });

  it('users are listed, up to a limit', async () => {
    const users = createUsers(database);
    const created = await Promise.all(Array.from({ length: 30 }, (_, index) => createUser(users, String(index))));
    const idsOf = (listed: ({ id: string } | null)[]) => listed.map((user) => user?.id).sort();
    expect(idsOf(await users.list(100))).toEqual(idsOf(created));
    expect(await users.list(7)).toHaveLength(7);
  });

  it('memory that is full is an outage, a wrong command and a session that exists are not', async () => {
    await createSessionRecords(database).insert('key', record('somebody'), NOW + 60_000);
    const mistakes = [
      database.run('test', (db) => db.hGet('sessions-of:somebody', 'field')),
      createSessionRecords(database).insert('key', record('somebody'), NOW + 60_000),
    ];
    for (const mistake of mistakes) {
      await expect(mistake).rejects.toThrow();
      await expect(mistake).rejects.not.toThrow(DatabaseUnavailable);
    }
    const redis = await open(server.url);
    await redis.configSet('maxmemory', '1');
    await expect(createUser(createUsers(database), 'a')).rejects.toThrow(DatabaseUnavailable);
    redis.destroy();
  });
});

describe.skipIf(!isInstalled('redis-server'))('the development database', () => {
  it('keeps its data in its folder, and lets nobody in without the password', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'development-'));
    let server = await startDevelopmentDatabase(directory);
    let redis = await open(server.url);
    await redis.set('kept', 'yes');
    redis.destroy();
    await expect(open(server.url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toThrow();
    await server.stop();
    server = await startDevelopmentDatabase(directory);
    redis = await open(server.url);
    expect(await redis.get('kept')).toBe('yes');
    redis.destroy();
    await server.stop();
    rmSync(directory, { recursive: true });
  });
});

describe.skipIf(!isInstalled('redis-server'))('a cluster', () => {
  it('is spoken to when REDIS_URL names several nodes', async () => {
    const { port, stop } = await runProgram('redis-server', undefined, (port) => ({
      args: ['-'],
      // Ports of a cluster's own bus are 10000 higher, which is no port for a high one.
      input: `bind 127.0.0.1\nport ${port}\ncluster-enabled yes\ncluster-port ${port - 1000}\n`,
    }));
    const redis = await open(`redis://127.0.0.1:${port}`);
    await redis.clusterAddSlotsRange({ start: 0, end: 16_383 });
    await expect.poll(() => redis.clusterInfo(), { timeout: 10_000 }).toContain('cluster_state:ok');
    redis.destroy();
    const database = connectQuietly(`redis://127.0.0.1:${port},redis://127.0.0.1:${port}`);
    const users = createUsers(database);
    const records = createSessionRecords(database);
    await database.ping();
    const user = await createUser(users, 'a');
    await records.insert('key', record(user?.id), NOW + 60_000);
    expect(await records.listByUser(user?.id ?? '')).toHaveLength(1);
    await users.raiseAllCredentialVersions();
    expect((await users.findById(user?.id ?? ''))?.credentialVersion).toBe(2);
    await records.removeAll();
    expect(await records.read('key')).toBeNull();
    await database.close();
    await stop();
  });
});

describe('an address that is not one', () => {
  it.each([
    'rediss://app:sec/ret@redis.example',
    'rediss://app:12/ret@redis.example',
    'rediss://app:12?ret@redis.example',
    'rediss://app:12#ret@redis.example',
    'rediss://app:100%ret@redis.example',
    'rediss://app:ret@one.example,redis://app:ret@two.example',
    'ret',
  ])('is refused without a part of it being repeated: %s', async (url) => {
    const refusals = [connectQuietly, migrate, databaseUrlProblem].map(async (use) => use(url));
    for (const refusal of await Promise.allSettled(refusals)) {
      expect(refusal.status).toBe('rejected');
      expect(inspect(refusal)).not.toMatch(/\bret\b|\b12\b/);
    }
  });
});
