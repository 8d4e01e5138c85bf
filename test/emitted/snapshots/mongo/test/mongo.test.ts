/** What can go wrong only with MongoDB: expiry, indexes and what happens without them, addresses, errors. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject } from 'vitest';
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

const DATABASE_URL = inject('databaseUrl') ?? '';
const NOW = Date.now();
const log = createLog('info', { write: () => {} });
const random = () => randomBytes(16).toString('base64url');

const record = (userId: string) => {
  const client = { ip: '192.0.2.0/24', userAgent: 'a test' };
  return {
    content: { user: { id: userId, credentialVersion: 1 }, createdAt: NOW, renewedAt: NOW, client },
    lastSeenAt: NOW,
  };
};

describe.skipIf(!DATABASE_URL)('what is kept in MongoDB', () => {
  let client: MongoClient;
  beforeAll(async () => {
    client = await MongoClient.connect(DATABASE_URL);
  });
  afterAll(() => client.close());

  const collection = (name: string) => client.db().collection<{ _id: string; expiresAt: Date }>(name);
  const expiryOf = async (key: string) => (await collection('sessions').findOne({ _id: key }))?.expiresAt.getTime();

  it('is a session that expires with the idle time-out, or earlier with the absolute one', async ({ app }) => {
    const { browser } = await register(app);
    const key = keyOf(idIn(await browser.cookie()));
    const end = app.clock.now + ABSOLUTE_TIMEOUT_MS;
    expect(await expiryOf(key)).toBe(Math.min(app.clock.now + IDLE_TIMEOUT_MS, end));
    for (;;) {
      app.clock.now += Math.max(TOUCH_INTERVAL_MS, IDLE_TIMEOUT_MS / 2);
      if (app.clock.now >= end) break;
      expect((await browser.get('/api/sessions')).status).toBe(200);
      expect(await expiryOf(key)).toBe(Math.min(app.clock.now + IDLE_TIMEOUT_MS, end));
    }
  });

  it("is a visitor's session that expires with its own time-out", async ({ app }) => {
    const browser = await visitor(app);
    const wanted = app.clock.now + Math.min(ANONYMOUS_IDLE_TIMEOUT_MS, ABSOLUTE_TIMEOUT_MS);
    expect(await expiryOf(keyOf(idIn(await browser.cookie())))).toBe(wanted);
  });

  it('is a throttling key that does not expire before its points are back', async ({ app }) => {
    const key = random();
    const limit = { points: 10, perMs: 600_000 };
    for (let taken = 0; taken < limit.points; taken++) await app.records.throttle.consume(key, limit, app.clock.now);
    const points = await client.db().collection<{ _id: string }>('throttle').findOne({ _id: key });
    expect(points).toMatchObject({
      fullAt: app.clock.now + limit.perMs,
      expiresAt: new Date(app.clock.now + limit.perMs),
    });
  });

  it.each(['sessions', 'throttle'])('expires by an index, so that nothing scans the %s that live', async (name) => {
    const indexes = await collection(name).listIndexes().toArray();
    const expiry = indexes.find(({ key }) => 'expiresAt' in key);
    expect(expiry?.expireAfterSeconds).toBe(0);
  });

  it('is neither a session id nor a password', async ({ app }) => {
    const { browser, password, id } = await register(app);
    const sessionId = idIn(await browser.cookie());
    const kept = JSON.stringify([
      await collection('sessions').findOne({ _id: keyOf(sessionId) }),
      await collection('users').findOne({ id }),
    ]);
    expect(kept).toContain(id);
    expect(kept).not.toContain(sessionId);
    expect(kept).not.toContain(password);
  });

  it.each([
    ['sessions', 'userId'],
    ['users', 'id'],
  ])('has an index for looking up %s by %s, and uses it', async (name, field) => {
    const indexes = await collection(name).listIndexes().toArray();
    expect(indexes.map(({ key }) => key)).toContainEqual({ [field]: 1 });
    if ((await client.db().admin().buildInfo()).ferretdbVersion) return; // has no indexes to plan with
    const { queryPlanner } = await client
      .db()
      .collection(name)
      .find({ [field]: { $eq: 'somebody' } })
      .explain();
    const plan = JSON.stringify(queryPlanner.winningPlan);
    expect(plan).toContain('IXSCAN');
    expect(plan).not.toContain('COLLSCAN');
  });
});

describe.skipIf(!DATABASE_URL)('in a database of its own', () => {
  let url: string;
  let database: Database;
  let client: MongoClient;
  beforeEach(async () => {
    const address = new URL(DATABASE_URL);
    const { searchParams, pathname } = address;
    searchParams.set('authSource', searchParams.get('authSource') ?? (pathname.slice(1) || 'admin'));
    address.pathname = `/test_${randomBytes(6).toString('hex')}`;
    url = address.href;
    database = connectDatabase(url, { log });
    client = await MongoClient.connect(url);
  });
  afterEach(async () => {
    await client.db().dropDatabase();
    await client.close();
    await database.close();
  });

  it('everybody is signed out', async () => {
    await migrate(url);
    const records = createSessionRecords(database);
    const users = createUsers(database);
    const both = [await createUser(users, 'a'), await createUser(users, 'b')];
    for (const user of both) await records.insert(keyOf(user?.id ?? ''), record(user?.id ?? ''), NOW + 60_000);
    await users.raiseAllCredentialVersions();
    await records.removeAll();
    for (const user of both) {
      expect(await records.read(keyOf(user?.id ?? ''))).toBeNull();
      expect(await users.findById(user?.id ?? '')).toEqual({ ...user, credentialVersion: 2 });
    }
  });

  it('an address is taken once', async () => {
    await migrate(url);
    const users = createUsers(database);
    const attempts = Array.from({ length: 20 }, () => createUser(users, 'a'));
    expect((await Promise.all(attempts)).filter((user) => user !== null)).toHaveLength(1);
  });

  it('nothing is read or written while an index is missing, and after that nobody asks again', async () => {
    const users = createUsers(database);
    await expect(createUser(users, 'a')).rejects.toThrow(DatabaseUnavailable);
    await expect(database.ping()).rejects.toThrow(DatabaseUnavailable);
    expect(await database.schemaState()).toBe('behind');
    await migrate(url);
    await client.db().collection('sessions').dropIndex('expiresAt_1');
    expect(await database.schemaState()).toBe('behind');
    expect(await migrate(url)).toHaveLength(1);
    expect(await database.schemaState()).toBe('current');
    expect(await createUser(users, 'a')).toMatchObject({ email: 'a@example.test' });
    await client.db().collection('users').dropIndex('id_1');
    await database.ping();
  });

  it('migrations run from several places at once, and again', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(url)));
    await migrate(url);
    const { length } = await client.db().collection('sessions').listIndexes().toArray();
    expect(length).toBe(3);
  });

  it('users are listed, up to a limit', async () => {
    await migrate(url);
    const users = createUsers(database);
    for (const name of ['b', 'c', 'a']) await createUser(users, name);
    const emails = (await users.list(100)).map(({ email }) => email);
    expect(emails).toEqual(['a@example.test', 'b@example.test', 'c@example.test']);
    expect(await users.list(2)).toHaveLength(2);
  });

  it('a bug, a wrong command and a session that exists are no outages', async () => {
    await migrate(url);
    await createSessionRecords(database).insert('key', record('somebody'), NOW + 60_000);
    const mistakes = [
      () => database.run('test', () => Promise.reject(new TypeError('a bug'))),
      () => database.run('test', (db) => db.command({ noSuchCommand: 1 })),
      () => createSessionRecords(database).insert('key', record('somebody'), NOW + 60_000),
    ];
    for (const make of mistakes) {
      const mistake = make();
      await expect(mistake).rejects.toThrow();
      await expect(mistake).rejects.not.toThrow(DatabaseUnavailable);
    }
  });
});

describe('an address that is not one', () => {
  it.each([
    'mongodb://app:sec/ret@mongodb.example/app',
    'mongodb://app:sec@x/ret@mongodb.example/app',
    'mongodb+srv://app:sec@x/ret@mongodb.example/app',
    'mongodb://app:sec@x?ret@mongodb.example/app',
    'mongodb://app:100%ret@mongodb.example/app',
    'mongodb://app:sec@mongodb.example/app?ret=1',
    'ret',
  ])('is refused without a part of it being repeated: %s', async (address) => {
    const connect = () => connectDatabase(address, { log });
    const refusals = [connect, () => migrate(address), () => databaseUrlProblem(address)].map(async (use) => use());
    for (const refusal of await Promise.allSettled(refusals)) {
      expect(refusal.status).toBe('rejected');
      expect(inspect(refusal)).not.toMatch(/\bret\b|\bsec\b/);
    }
  });
});
