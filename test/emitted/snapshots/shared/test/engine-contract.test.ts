/** What the app relies on when it asks the engine, whichever it is: each call alone is atomic. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../src/session/clocks.ts';
import { handleOf, keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';

const ROUNDS = 50;
const NOW = Date.now();
const END = NOW + 60_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const random = () => randomBytes(16).toString('base64url');
const newKey = () => keyOf(random());
const newEmail = () => `${random()}@example.test`;

/** A moment within which parallel calls overtake each other. */
const moment = () => sleep(Math.random() * 4);

/** A record of a user, or of a visitor. */
function record(userId?: string): SessionRecord {
  const client = { ip: '192.0.2.0/24', userAgent: 'a "quoted" $name.with\u2028ümlaut' };
  const user = userId === undefined ? {} : { user: { id: userId, credentialVersion: 1 } };
  return { content: { ...user, createdAt: NOW, renewedAt: NOW, client }, lastSeenAt: NOW };
}

/** How many of the results are the wanted one. */
const count = <T>(results: T[], wanted: T) => results.filter((result) => result === wanted).length;

describe('a session record', () => {
  it('is read as it was inserted', async () => {
    for (const inserted of [record(), record(random())]) {
      const key = newKey();
      inserted.content.cart = [{ sku: '__proto__', quantity: 3 }];
      await app.records.insert(key, inserted, END);
      expect(await app.records.read(key)).toMatchObject(inserted);
    }
  });

  it('is inserted once: the second time fails and changes nothing', async () => {
    const key = newKey();
    const first = record(random());
    await app.records.insert(key, first, END);
    const other = random();
    for (const userId of [first.content.user?.id, other, undefined]) {
      await expect(app.records.insert(key, record(userId), END)).rejects.toThrow();
    }
    expect(await app.records.read(key)).toMatchObject(first);
    expect(await app.records.listByUser(first.content.user?.id ?? '')).toHaveLength(1);
    expect(await app.records.listByUser(other)).toEqual([]);
  });

  it('is inserted once when ten try at the same time', async () => {
    const key = newKey();
    const userId = random();
    const attempts = Array.from({ length: 10 }, () => app.records.insert(key, record(userId), END));
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await app.records.listByUser(userId)).toHaveLength(1);
  });

  it('keeps its clocks when its content is updated, and its content when it is touched', async () => {
    const key = newKey();
    const { content, lastSeenAt } = record(random());
    await app.records.insert(key, { content, lastSeenAt }, END);
    const changed = { ...content, cart: [{ sku: 'tea', quantity: 1 }] };
    expect(await app.records.update(key, changed)).toBe(true);
    expect(await app.records.read(key)).toMatchObject({ content: changed, lastSeenAt });
    expect(await app.records.touch(key, NOW + 5000, END)).toBe(true);
    expect(await app.records.read(key)).toMatchObject({ content: changed, lastSeenAt: NOW + 5000 });
  });

  it('that is not there is neither updated, touched nor removed, and does not come into being', async () => {
    const key = newKey();
    expect(await app.records.update(key, record().content)).toBe(false);
    expect(await app.records.touch(key, NOW, END)).toBe(false);
    expect(await app.records.remove(key)).toBe(false);
    expect(await app.records.read(key)).toBeNull();
  });

  it('is removed by one of ten that remove it at the same time', async () => {
    const key = newKey();
    await app.records.insert(key, record(random()), END);
    const results = await Promise.all(Array.from({ length: 10 }, () => app.records.remove(key)));
    expect(count(results, true)).toBe(1);
  });

  it(`never comes back once it is removed, in ${ROUNDS} rounds against updates and touches`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const key = newKey();
      const inserted = record(round % 2 ? random() : undefined);
      await app.records.insert(key, inserted, END);
      await Promise.all([
        moment().then(() => app.records.update(key, { ...inserted.content, cart: [] })),
        moment().then(() => app.records.touch(key, NOW + round, END)),
        moment().then(() => app.records.remove(key)),
        moment().then(() => app.records.update(key, inserted.content)),
      ]);
      expect(await app.records.read(key)).toBeNull();
    }
  });
});

describe("a user's session records", () => {
  it('are listed, without those of others and of visitors', async () => {
    const [userId, other] = [random(), random()];
    const keys = [newKey(), newKey(), newKey()];
    for (const key of keys) await app.records.insert(key, record(userId), END);
    await app.records.insert(newKey(), record(other), END);
    await app.records.insert(newKey(), record(), END);
    const listed = await app.records.listByUser(userId);
    expect(listed.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(listed[0]).toMatchObject(record(userId));
    expect(await app.records.listByUser(random())).toEqual([]);
  });

  it('are not listed after they are removed', async () => {
    const userId = random();
    const [gone, stays] = [newKey(), newKey()];
    for (const key of [gone, stays]) await app.records.insert(key, record(userId), END);
    await app.records.remove(gone);
    expect((await app.records.listByUser(userId)).map(({ key }) => key)).toEqual([stays]);
  });

  it('are removed together, or all but one, and nobody else is signed out', async () => {
    const [userId, other] = [random(), random()];
    const keys = [newKey(), newKey(), newKey()] as const;
    const foreign = newKey();
    for (const key of keys) await app.records.insert(key, record(userId), END);
    await app.records.insert(foreign, record(other), END);
    await app.records.removeByUser(userId, keys[1]);
    expect((await app.records.listByUser(userId)).map(({ key }) => key)).toEqual([keys[1]]);
    expect(await app.records.read(keys[0])).toBeNull();
    await app.records.removeByUser(userId);
    expect(await app.records.listByUser(userId)).toEqual([]);
    expect(await app.records.read(keys[1])).toBeNull();
    expect(await app.records.read(foreign)).not.toBeNull();
  });

  it(`are listed as long as they live, in ${ROUNDS} rounds of sign-ins against removals`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const userId = random();
      const [early, late] = [newKey(), newKey()];
      await app.records.insert(early, record(userId), END);
      await Promise.all([
        moment().then(() => app.records.insert(late, record(userId), END)),
        moment().then(() => app.records.listByUser(userId)),
        moment().then(() => app.records.removeByUser(userId)),
        moment().then(() => app.records.listByUser(userId)),
      ]);
      expect(await app.records.read(early)).toBeNull();
      const isLive = (await app.records.read(late)) !== null;
      const listed = (await app.records.listByUser(userId)).map(({ key }) => handleOf(key));
      expect(listed).toEqual(isLive ? [handleOf(late)] : []);
    }
  });
});

describe('a user', () => {
  it('is created once when fifty register the same address at the same time', async () => {
    const email = newEmail();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => app.users.create(email, `hash ${index}`)),
    );
    const [winner, ...others] = results.filter((user) => user !== null);
    expect(others).toEqual([]);
    expect(winner).toMatchObject({ email, credentialVersion: 1, disabled: false });
    expect(await app.users.findByEmail(email)).toEqual(winner);
    expect(await app.users.findById(winner?.id ?? '')).toEqual(winner);
  });

  it('is found by the whole id and the whole address only', async () => {
    const { id, email } = await newUser();
    for (const text of ['', '.', id.slice(0, -1), `${id}.`, `${id} `, email, '{"$ne":null}', '*', '%']) {
      expect(await app.users.findById(text)).toBeNull();
    }
    for (const text of ['', id, email.slice(1), `${email} `, email.toUpperCase(), '{"$ne":null}', '*', '%']) {
      expect(await app.users.findByEmail(text)).toBeNull();
    }
  });

  it('has the password changed by one of ten that expect the same version', async () => {
    const { id, credentialVersion } = await newUser();
    const hashes = Array.from({ length: 10 }, (_, index) => `new hash ${index}`);
    const results = await Promise.all(hashes.map((hash) => app.users.changePassword(id, credentialVersion, hash)));
    expect(count(results, null)).toBe(9);
    const changed = results.find((user) => user !== null);
    expect(changed?.credentialVersion).toBe(credentialVersion + 1);
    expect(await app.users.findById(id)).toEqual(changed);
  });

  it('keeps the version when the hash is renewed, and the hash when the version is another', async () => {
    const user = await newUser();
    await app.users.renewHash(user.id, user.credentialVersion, 'a stronger hash');
    expect(await app.users.findById(user.id)).toEqual({ ...user, passwordHash: 'a stronger hash' });
    await app.users.renewHash(user.id, user.credentialVersion + 1, 'a hash of an old password');
    expect((await app.users.findById(user.id))?.passwordHash).toBe('a stronger hash');
  });

  it('loses no raise of the credential version when ten come at the same time', async () => {
    const { id, credentialVersion } = await newUser();
    await Promise.all(Array.from({ length: 10 }, () => app.users.raiseCredentialVersion(id)));
    await app.users.disable(id);
    expect(await app.users.findById(id)).toMatchObject({
      credentialVersion: credentialVersion + 11,
      disabled: true,
    });
  });

  it('that was removed is found no more, and its id stays dead when the address registers again', async () => {
    const { id, email } = await newUser();
    await app.users.remove(id);
    expect(await app.users.findById(id)).toBeNull();
    expect(await app.users.findByEmail(email)).toBeNull();
    const next = await app.users.create(email, 'hash');
    expect(next?.id).not.toBe(id);
    expect(await app.users.findById(id)).toBeNull();
    await app.users.disable(id);
    await app.users.raiseCredentialVersion(id);
    expect(await app.users.changePassword(id, 1, 'hash of the removed one')).toBeNull();
    await app.users.remove(id);
    expect(await app.users.findByEmail(email)).toEqual(next);
  });

  it('that is not there does not come into being by a change', async () => {
    const { id, email } = await newUser();
    await app.users.remove(id);
    await app.users.raiseCredentialVersion(id);
    await app.users.disable(id);
    await app.users.renewHash(id, 1, 'hash');
    expect(await app.users.findById(id)).toBeNull();
    expect(await app.users.findByEmail(email)).toBeNull();
  });

  async function newUser() {
    const user = await app.users.create(newEmail(), 'hash');
    if (!user) throw new Error('a new address was taken');
    return user;
  }
});

describe('a throttling key', () => {
  const LIMIT = { points: 7, perMs: 70_000 };

  it('gives exactly its points to forty that take at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const key = random();
      const waits = await Promise.all(Array.from({ length: 40 }, () => app.buckets.take(key, LIMIT, NOW + round)));
      expect(count(waits, 0)).toBe(LIMIT.points);
    }
  });

  it('says how long until the next point, and gives it then and not before', async () => {
    const key = random();
    for (let taken = 0; taken < LIMIT.points; taken++) expect(await app.buckets.take(key, LIMIT, NOW)).toBe(0);
    expect(await app.buckets.take(key, LIMIT, NOW)).toBe(10_000);
    expect(await app.buckets.take(key, LIMIT, NOW + 9000)).toBe(1000);
    expect(await app.buckets.take(key, LIMIT, NOW + 10_000)).toBe(0);
    expect(await app.buckets.take(key, LIMIT, NOW + 10_000)).toBe(10_000);
  });

  it('has all points back after its time and not more', async () => {
    const key = random();
    await app.buckets.take(key, LIMIT, NOW);
    const later = NOW + 10 * LIMIT.perMs;
    const waits = await Promise.all(Array.from({ length: 12 }, () => app.buckets.take(key, LIMIT, later)));
    expect(count(waits, 0)).toBe(LIMIT.points);
  });

  it('has one point more after one is given back', async () => {
    const key = random();
    for (let taken = 0; taken < LIMIT.points; taken++) await app.buckets.take(key, LIMIT, NOW);
    await app.buckets.giveBack(key, LIMIT);
    expect(await app.buckets.take(key, LIMIT, NOW)).toBe(0);
    expect(await app.buckets.take(key, LIMIT, NOW)).toBeGreaterThan(0);
  });

  it('has no point more when one is given back to another key', async () => {
    const key = random();
    for (let taken = 0; taken < LIMIT.points; taken++) await app.buckets.take(key, LIMIT, NOW);
    await app.buckets.giveBack(random(), LIMIT);
    expect(await app.buckets.take(key, LIMIT, NOW)).toBeGreaterThan(0);
  });

  it('that is spent stays so when what has ended is cleaned away', async () => {
    const key = random();
    for (let taken = 0; taken < LIMIT.points; taken++) await app.buckets.take(key, LIMIT, NOW);
    await app.buckets.removeExpired(NOW);
    expect(await app.buckets.take(key, LIMIT, NOW)).toBeGreaterThan(0);
  });

  it('has no more than its points when one is given back that was never taken', async () => {
    const key = random();
    await app.buckets.giveBack(key, LIMIT);
    const waits = await Promise.all(Array.from({ length: 12 }, () => app.buckets.take(key, LIMIT, NOW)));
    expect(count(waits, 0)).toBe(LIMIT.points);
  });
});
