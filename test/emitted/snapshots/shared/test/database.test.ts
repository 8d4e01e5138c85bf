/** What does the app rely on when it asks the database, whichever it is? Each call alone is atomic. */
import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { DatabaseUnavailable } from '../src/errors.ts';
import type { SessionRecord } from '../src/session/clocks.ts';
import { handleOf, keyOf } from '../src/session/store.ts';
import { it, type TestApp } from './support/app.ts';

const ROUNDS = 50;
const NOW = Date.now();
const END = NOW + 60_000;

/** The longest that a call waits in rounds of races, so that parallel calls overtake each other. */
const MOMENT_MS = 4;

const random = () => randomBytes(16).toString('base64url');
const newKey = () => keyOf(random());
const newEmail = () => `${random()}@example.test`;
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** A record of a user, or of a visitor. */
function record(userId?: string): SessionRecord {
  const client = { ip: '192.0.2.0', userAgent: 'a "quoted" $name.with\u2028ümlaut' };
  const user = userId === undefined ? {} : { user: { id: userId, credentialVersion: 1 } };
  return { content: { ...user, createdAt: NOW, renewedAt: NOW, client }, lastSeenAt: NOW };
}

/** How many of the results are the wanted one. */
const count = <T>(results: T[], wanted: T) => results.filter((result) => result === wanted).length;

it.afterEach(({ app }) => app.faults.clear());

describe('a session record', () => {
  it('is read as it was inserted', async ({ app: { records } }) => {
    for (const inserted of [record(), record(random())]) {
      const key = newKey();
      Object.assign(inserted.content, { more: [{ sku: '__proto__', quantity: 3 }] });
      await records.sessions.insert(key, inserted, END);
      expect(await records.sessions.read(key)).toMatchObject(inserted);
    }
  });

  it('is inserted once when ten try at the same time: others fail as such, not as an outage', async ({ app }) => {
    const { sessions } = app.records;
    const key = newKey();
    const users = [...times(9, random), undefined];
    const results = await Promise.allSettled(users.map((userId) => sessions.insert(key, record(userId), END)));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(failures).toHaveLength(9);
    for (const error of failures) expect(error).not.toBeInstanceOf(DatabaseUnavailable);
    const winner = users[results.findIndex(({ status }) => status === 'fulfilled')];
    expect((await sessions.read(key))?.content).toEqual(record(winner).content);
    for (const userId of users.slice(0, 9)) {
      expect(await sessions.listByUser(userId ?? '')).toHaveLength(userId === winner ? 1 : 0);
    }
  });

  it('keeps its clocks when its content is updated, and its content when it is touched', async ({ app }) => {
    const { sessions } = app.records;
    const key = newKey();
    const { content, lastSeenAt } = record(random());
    await sessions.insert(key, { content, lastSeenAt }, END);
    const changed = { ...content, renewedAt: NOW + 1 };
    expect(await sessions.update(key, changed)).toBe(true);
    expect(await sessions.read(key)).toMatchObject({ content: changed, lastSeenAt });
    expect(await sessions.touch(key, NOW + 5000, END)).toBe(true);
    expect(await sessions.read(key)).toMatchObject({ content: changed, lastSeenAt: NOW + 5000 });
  });

  it('that does not exist is neither updated, touched nor removed, and does not come into being', async ({ app }) => {
    const { sessions } = app.records;
    const key = newKey();
    expect(await sessions.update(key, record().content)).toBe(false);
    expect(await sessions.touch(key, NOW, END)).toBe(false);
    expect(await sessions.remove(key)).toBe(false);
    expect(await sessions.read(key)).toBeNull();
  });

  it('is removed by one of ten that remove it at the same time', async ({ app: { records } }) => {
    const key = newKey();
    await records.sessions.insert(key, record(random()), END);
    expect(count(await Promise.all(times(10, () => records.sessions.remove(key))), true)).toBe(1);
  });

  it(`never comes back once it is removed, in ${ROUNDS} rounds against updates and touches`, async ({ app }) => {
    const { sessions } = app.records;
    app.faults.slow(MOMENT_MS);
    for (let round = 0; round < ROUNDS; round++) {
      const key = newKey();
      const inserted = record(round % 2 ? random() : undefined);
      await sessions.insert(key, inserted, END);
      await Promise.all([
        sessions.update(key, { ...inserted.content, renewedAt: NOW + 1 }),
        sessions.touch(key, NOW + round, END),
        sessions.remove(key),
        sessions.update(key, inserted.content),
      ]);
      expect(await sessions.read(key)).toBeNull();
    }
  });
});

describe("a user's session records", () => {
  it('are listed, without those of others and of visitors, and without removed ones', async ({ app }) => {
    const { sessions } = app.records;
    const userId = random();
    const keys = times(3, newKey);
    for (const key of keys) await sessions.insert(key, record(userId), END);
    await sessions.insert(newKey(), record(random()), END);
    await sessions.insert(newKey(), record(), END);
    const listed = await sessions.listByUser(userId);
    expect(listed.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(listed[0]).toMatchObject(record(userId));
    await sessions.remove(keys.pop() ?? '');
    expect((await sessions.listByUser(userId)).map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(await sessions.listByUser(random())).toEqual([]);
  });

  it('are removed together, or all but one, and nobody else is signed out', async ({ app: { records } }) => {
    const { sessions } = records;
    const [userId, other] = [random(), random()];
    const keys = [newKey(), newKey(), newKey()] as const;
    const foreign = newKey();
    for (const key of keys) await sessions.insert(key, record(userId), END);
    await sessions.insert(foreign, record(other), END);
    await sessions.removeByUser(userId, keys[1]);
    expect((await sessions.listByUser(userId)).map(({ key }) => key)).toEqual([keys[1]]);
    expect(await sessions.read(keys[0])).toBeNull();
    await sessions.removeByUser(userId);
    expect(await sessions.listByUser(userId)).toEqual([]);
    expect(await sessions.read(keys[1])).toBeNull();
    expect(await sessions.read(foreign)).not.toBeNull();
  });

  it(`are listed as long as they live, in ${ROUNDS} rounds of sign-ins against removals`, async ({ app }) => {
    const { sessions } = app.records;
    app.faults.slow(MOMENT_MS);
    for (let round = 0; round < ROUNDS; round++) {
      const userId = random();
      const [early, late] = [newKey(), newKey()];
      await sessions.insert(early, record(userId), END);
      await Promise.all([
        sessions.insert(late, record(userId), END),
        sessions.listByUser(userId),
        sessions.removeByUser(userId),
        sessions.listByUser(userId),
      ]);
      expect(await sessions.read(early)).toBeNull();
      const isLive = (await sessions.read(late)) !== null;
      const listed = (await sessions.listByUser(userId)).map(({ key }) => handleOf(key));
      expect(listed).toEqual(isLive ? [handleOf(late)] : []);
    }
  });
});

describe('a user', () => {
  async function newUser({ records }: TestApp) {
    return (await records.users.create(newEmail(), 'hash')) ?? expect.unreachable('a new address was taken');
  }

  it('is created once when fifty register the same address at the same time', async ({ app: { records } }) => {
    const email = newEmail();
    const results = await Promise.all(times(50, (index) => records.users.create(email, `hash ${index}`)));
    const [winner, ...others] = results.filter((user) => user !== null);
    expect(others).toEqual([]);
    expect(winner).toMatchObject({ email, credentialVersion: 1, disabled: false });
    expect(await records.users.findByEmail(email)).toEqual(winner);
    expect(await records.users.findById(winner?.id ?? '')).toEqual(winner);
  });

  it('is found by the whole id and the whole address only', async ({ app }) => {
    const { findByEmail, findById } = app.records.users;
    const { id, email } = await newUser(app);
    for (const text of ['', '.', id.slice(0, -1), `${id}.`, `${id} `, email, '{"$ne":null}', '*', '%']) {
      expect(await findById(text)).toBeNull();
    }
    for (const text of ['', id, email.slice(1), `${email} `, email.toUpperCase(), '{"$ne":null}', '*', '%']) {
      expect(await findByEmail(text)).toBeNull();
    }
  });

  it('has the password changed by one of ten that expect the same version', async ({ app }) => {
    const { users } = app.records;
    const { id, credentialVersion } = await newUser(app);
    const change = (index: number) => users.changePassword(id, credentialVersion, `new hash ${index}`);
    const results = await Promise.all(times(10, change));
    expect(count(results, null)).toBe(9);
    const changed = results.find((user) => user !== null);
    expect(changed?.credentialVersion).toBe(credentialVersion + 1);
    expect(await users.findById(id)).toEqual(changed);
  });

  it('is dead in all sessions when support sets the password', async ({ app }) => {
    const user = await newUser(app);
    await app.records.users.setPassword(user.id, 'a hash from support');
    const { credentialVersion } = user;
    const changed = { ...user, passwordHash: 'a hash from support', credentialVersion: credentialVersion + 1 };
    expect(await app.records.users.findById(user.id)).toEqual(changed);
  });

  it('keeps the version when the hash is renewed, and the hash when the version is another', async ({ app }) => {
    const { users } = app.records;
    const user = await newUser(app);
    await users.renewHash(user.id, user.credentialVersion, 'a stronger hash');
    expect(await users.findById(user.id)).toEqual({ ...user, passwordHash: 'a stronger hash' });
    await users.renewHash(user.id, user.credentialVersion + 1, 'a hash of an old password');
    expect((await users.findById(user.id))?.passwordHash).toBe('a stronger hash');
  });

  it('loses no raise of the credential version when ten come at the same time', async ({ app }) => {
    const { users } = app.records;
    const { id, credentialVersion } = await newUser(app);
    await Promise.all(times(10, () => users.raiseCredentialVersion(id)));
    await users.disable(id);
    expect(await users.findById(id)).toMatchObject({ credentialVersion: credentialVersion + 11, disabled: true });
  });

  it('that was removed stays removed, and its id stays dead when the address registers again', async ({ app }) => {
    const { users } = app.records;
    const { id, email } = await newUser(app);
    const changeAll = async () => {
      await users.raiseCredentialVersion(id);
      await users.disable(id);
      await users.renewHash(id, 1, 'hash of the removed one');
      await users.setPassword(id, 'hash of the removed one');
      expect(await users.changePassword(id, 1, 'hash of the removed one')).toBeNull();
      await users.remove(id);
      expect(await users.findById(id)).toBeNull();
    };
    await users.remove(id);
    await changeAll();
    expect(await users.findByEmail(email)).toBeNull();
    const next = await users.create(email, 'hash');
    expect(next?.id).not.toBe(id);
    await changeAll();
    expect(await users.findByEmail(email)).toEqual(next);
  });

  it('is listed with others, up to a limit', async ({ app }) => {
    const { users } = app.records;
    const { id } = await newUser(app);
    await newUser(app);
    expect((await users.list(1_000_000)).map((user) => user.id)).toContain(id);
    expect(await users.list(1)).toHaveLength(1);
  });
});

describe('a throttling key', () => {
  const LIMIT = { points: 7, perMs: 70_000 };

  /** Takes as many points at once. Returns how many there were. */
  const take = async ({ records }: TestApp, key: string, attempts: number, now = NOW) =>
    count(await Promise.all(times(attempts, () => records.throttle.consume(key, LIMIT, now))), 0);

  it('gives exactly its points to forty that take at the same time', async ({ app }) => {
    for (let round = 0; round < 5; round++) expect(await take(app, random(), 40, NOW + round)).toBe(LIMIT.points);
  });

  it('says how long until the next point, and gives it then and not before', async ({ app }) => {
    const { consume } = app.records.throttle;
    const key = random();
    await take(app, key, LIMIT.points);
    expect(await consume(key, LIMIT, NOW)).toBe(10_000);
    expect(await consume(key, LIMIT, NOW + 9000)).toBe(1000);
    expect(await consume(key, LIMIT, NOW + 10_000)).toBe(0);
    expect(await consume(key, LIMIT, NOW + 10_000)).toBe(10_000);
  });

  it('has all points back after its time and not more', async ({ app }) => {
    const key = random();
    await take(app, key, 1);
    expect(await take(app, key, 12, NOW + 10 * LIMIT.perMs)).toBe(LIMIT.points);
  });

  it('has one point more after one is refunded, and none after one of another key is', async ({ app }) => {
    const { refund } = app.records.throttle;
    const key = random();
    await take(app, key, LIMIT.points);
    await refund(random(), LIMIT);
    expect(await take(app, key, 2)).toBe(0);
    await refund(key, LIMIT);
    expect(await take(app, key, 2)).toBe(1);
  });

  it('that is spent stays so when expired ones are removed', async ({ app }) => {
    const key = random();
    await take(app, key, LIMIT.points);
    await app.records.throttle.removeExpired(NOW);
    expect(await take(app, key, 1)).toBe(0);
  });

  it('has no more than its points when one is refunded that was never taken', async ({ app }) => {
    const key = random();
    await app.records.throttle.refund(key, LIMIT);
    expect(await take(app, key, 12)).toBe(LIMIT.points);
  });
});
