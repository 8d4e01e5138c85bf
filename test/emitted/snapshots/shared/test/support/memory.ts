/**
 * Sessions, users and throttling in memory, of the same contract as the engine's, for where no engine can be had.
 * Kept here so that production cannot reach it. Each function is atomic, as nothing in it waits.
 */
import { randomBytes } from 'node:crypto';
import { type Buckets, costOf } from '../../src/protection/login-throttle.ts';
import type { SessionRecord } from '../../src/session/clocks.ts';
import type { SessionRecords } from '../../src/session/store.ts';
import type { User, Users } from '../../src/users/user.ts';
import type { Faults } from './faults.ts';

/** One memory for all apps of a test file, as two instances share an engine. */
const records = new Map<string, SessionRecord & { expiresAt: number }>();
const users = new Map<string, User>();
const fullAt = new Map<string, number>();

export function createMemoryEngine(faults: Faults) {
  return {
    records: createRecords(faults),
    users: createUsers(faults),
    buckets: createBuckets(faults),
    ping: () => faults.around('ping', async () => {}),
    close: async () => {},
  };
}

function createRecords(faults: Faults): SessionRecords {
  const run = <T>(name: string, work: () => T) => faults.around(`sessions.${name}`, async () => work());
  const ofUser = (userId: string) => [...records].filter(([, { content }]) => content.user?.id === userId);
  return {
    read: (key) =>
      run('read', () => {
        const found = records.get(key);
        return found ? { content: structuredClone(found.content), lastSeenAt: found.lastSeenAt } : null;
      }),
    insert: (key, record, expiresAt) =>
      run('insert', () => {
        if (records.has(key)) throw new Error('the key exists');
        records.set(key, { ...structuredClone(record), expiresAt });
      }),
    update: (key, content) =>
      run('update', () => {
        const found = records.get(key);
        if (found) found.content = structuredClone(content);
        return found !== undefined;
      }),
    touch: (key, lastSeenAt, expiresAt) =>
      run('touch', () => {
        const found = records.get(key);
        if (found) Object.assign(found, { lastSeenAt, expiresAt });
        return found !== undefined;
      }),
    remove: (key) => run('remove', () => records.delete(key)),
    listByUser: (userId) =>
      run('listByUser', () => structuredClone(ofUser(userId).map(([key, record]) => ({ key, ...record })))),
    removeByUser: (userId, exceptKey) =>
      run('removeByUser', () => {
        for (const [key] of ofUser(userId)) if (key !== exceptKey) records.delete(key);
      }),
    removeAll: () => run('removeAll', () => records.clear()),
    removeExpired: (now) =>
      run('removeExpired', () => {
        for (const [key, { expiresAt }] of records) if (expiresAt <= now) records.delete(key);
      }),
  };
}

function createUsers(faults: Faults): Users {
  const run = <T>(name: string, work: () => T) => faults.around(`users.${name}`, async () => work());
  const byEmail = (email: string) => [...users.values()].find((user) => user.email === email);
  const copy = (user: User | undefined): User | null => (user ? { ...user } : null);
  const change = (id: string, edit: (user: User) => void, version?: number): User | null => {
    const user = users.get(id);
    if (!user || (version !== undefined && user.credentialVersion !== version)) return null;
    edit(user);
    return { ...user };
  };
  const raise = (user: User) => {
    user.credentialVersion += 1;
  };
  return {
    create: (email, passwordHash) =>
      run('create', () => {
        if (byEmail(email)) return null;
        const id = randomBytes(16).toString('base64url');
        const user = { id, email, passwordHash, credentialVersion: 1, disabled: false };
        users.set(user.id, user);
        return { ...user };
      }),
    findByEmail: (email) => run('findByEmail', () => copy(byEmail(email))),
    findById: (id) => run('findById', () => copy(users.get(id))),
    changePassword: (id, version, passwordHash) =>
      run('changePassword', () =>
        change(
          id,
          (user) => {
            user.passwordHash = passwordHash;
            raise(user);
          },
          version,
        ),
      ),
    renewHash: (id, version, passwordHash) =>
      run('renewHash', () => void change(id, (user) => Object.assign(user, { passwordHash }), version)),
    raiseCredentialVersion: (id) => run('raiseCredentialVersion', () => void change(id, raise)),
    raiseAllCredentialVersions: () =>
      run('raiseAllCredentialVersions', () => {
        for (const user of users.values()) raise(user);
      }),
    disable: (id) =>
      run(
        'disable',
        () =>
          void change(id, (user) => {
            user.disabled = true;
            raise(user);
          }),
      ),
    remove: (id) => run('remove', () => void users.delete(id)),
  };
}

function createBuckets(faults: Faults): Buckets {
  const run = <T>(name: string, work: () => T) => faults.around(`throttle.${name}`, async () => work());
  return {
    take: (key, limit, now) =>
      run('take', () => {
        const next = Math.max(fullAt.get(key) ?? 0, now) + costOf(limit);
        const wait = next - now - limit.perMs;
        if (wait > 0) return wait;
        fullAt.set(key, next);
        return 0;
      }),
    giveBack: (key, limit) => run('giveBack', () => void fullAt.set(key, (fullAt.get(key) ?? 0) - costOf(limit))),
    removeExpired: (now) =>
      run('removeExpired', () => {
        for (const [key, time] of fullAt) if (time <= now) fullAt.delete(key);
      }),
  };
}
