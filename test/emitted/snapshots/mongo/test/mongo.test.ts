/** What only MongoDB could get wrong: expiry, indexes, what holds without them, and the engine of development. */
import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { setUpEngine } from '../scripts/schema.ts';
import { connectEngine, type Engine } from '../src/engine.ts';
import { createLog } from '../src/log.ts';
import {
  ABSOLUTE_TIMEOUT_MS,
  ANONYMOUS_IDLE_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  TOUCH_INTERVAL_MS,
} from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { createSessionRecords } from '../src/session/records.ts';
import { createUsers } from '../src/users/users.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { register } from './support/people.ts';

const URL_OF_ENGINE = inject('engineUrl') ?? '';
const NOW = Date.now();
const random = () => randomBytes(16).toString('base64url');

const record = (userId: string) => {
  const client = { ip: '192.0.2.0/24', userAgent: 'a test' };
  return {
    content: { user: { id: userId, credentialVersion: 1 }, createdAt: NOW, renewedAt: NOW, client },
    lastSeenAt: NOW,
  };
};

describe.skipIf(!URL_OF_ENGINE)('what is kept in MongoDB', () => {
  let app: TestApp;
  let client: MongoClient;
  beforeAll(async () => {
    client = await MongoClient.connect(URL_OF_ENGINE);
  });
  afterAll(() => client.close());
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  const collection = (name: string) => client.db().collection<{ _id: string; expiresAt: Date }>(name);
  const expiryOf = async (key: string) => (await collection('sessions').findOne({ _id: key }))?.expiresAt.getTime();

  it('is a session that expires with the idle time-out, or earlier with the absolute one', async () => {
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

  it("is a visitor's session that expires with its own time-out", async () => {
    const browser = app.browser();
    await browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    const wanted = app.clock.now + Math.min(ANONYMOUS_IDLE_TIMEOUT_MS, ABSOLUTE_TIMEOUT_MS);
    expect(await expiryOf(keyOf(idIn(await browser.cookie())))).toBe(wanted);
  });

  it('is a throttling key that does not expire before its points are back', async () => {
    const key = random();
    const limit = { points: 10, perMs: 600_000 };
    for (let taken = 0; taken < limit.points; taken++) await app.buckets.take(key, limit, app.clock.now);
    const bucket = await client.db().collection<{ _id: string }>('throttle').findOne({ _id: key });
    expect(bucket).toMatchObject({
      fullAt: app.clock.now + limit.perMs,
      expiresAt: new Date(app.clock.now + limit.perMs),
    });
  });

  it.each(['sessions', 'throttle'])('expires by an index, so that nothing scans the %s that live', async (name) => {
    const indexes = await collection(name).listIndexes().toArray();
    const expiry = indexes.find(({ key }) => 'expiresAt' in key);
    expect(expiry?.expireAfterSeconds).toBe(0);
  });

  it('is neither a session id nor a password', async () => {
    const { browser, email, password, id } = await register(app);
    const sessionId = idIn(await browser.cookie());
    const kept = JSON.stringify([
      await collection('sessions').findOne({ _id: keyOf(sessionId) }),
      await collection('users').findOne({ _id: email }),
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

describe.skipIf(!URL_OF_ENGINE)('in a database of its own', () => {
  let engine: Engine;
  let client: MongoClient;
  beforeEach(async () => {
    const url = new URL(URL_OF_ENGINE);
    url.searchParams.set('authSource', url.searchParams.get('authSource') ?? (url.pathname.slice(1) || 'admin'));
    url.pathname = `/test_${randomBytes(6).toString('hex')}`;
    engine = connectEngine(url.href, createLog({ write: () => {} }));
    client = await MongoClient.connect(url.href);
  });
  afterEach(async () => {
    await client.db().dropDatabase();
    await client.close();
    await engine.close();
  });

  it('everybody is signed out', async () => {
    await setUpEngine(engine);
    const records = createSessionRecords(engine);
    const users = createUsers(engine);
    const both = [await users.create('a@example.test', 'hash'), await users.create('b@example.test', 'hash')];
    for (const user of both) await records.insert(keyOf(user?.email ?? ''), record(user?.id ?? ''), NOW + 60_000);
    await users.raiseAllCredentialVersions();
    await records.removeAll();
    for (const user of both) {
      expect(await records.read(keyOf(user?.email ?? ''))).toBeNull();
      expect(await users.findById(user?.id ?? '')).toEqual({ ...user, credentialVersion: 2 });
    }
  });

  it('an address is taken once, even where db:setup was forgotten', async () => {
    const users = createUsers(engine);
    const attempts = Array.from({ length: 20 }, () => users.create('a@example.test', 'hash'));
    expect((await Promise.all(attempts)).filter((user) => user !== null)).toHaveLength(1);
  });

  it('db:setup runs from several places at once', async () => {
    await Promise.all([1, 2, 3].map(() => setUpEngine(engine)));
    const { length } = await client.db().collection('sessions').listIndexes().toArray();
    expect(length).toBe(3);
  });
});
