/**
 * What do tests use where there is no database? Sessions, users and throttling in memory, with the contract of the
 * database's. Kept with the tests, so that production cannot reach it. Each step is atomic, as nothing in it waits.
 */
import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/database/connection.ts';
import type { Around, ConnectOptions } from '../../src/errors.ts';
import { interval, type ThrottleRecords } from '../../src/protection/throttle.ts';
import { createRecords, type Records } from '../../src/services.ts';
import type { SessionRecord } from '../../src/session/clocks.ts';
import type { SessionRecords } from '../../src/session/store.ts';
import type { User, Users } from '../../src/users/accounts.ts';

/** One memory for all apps of a test file, as two instances share a database. */
const sessions = new Map<string, SessionRecord & { expiresAt: number }>();
const users = new Map<string, User>();
const fullAt = new Map<string, number>();

/** @param around as for connectDatabase(): delays, fails and counts calls */
export function createDoubleRecords(around: Around = (_name, call) => call()): Records {
  return {
    sessions: createSessionRecords(around),
    users: createUsers(around),
    throttle: createThrottleRecords(around),
  };
}

function createSessionRecords(around: Around): SessionRecords {
  const run = <T>(name: string, work: () => T) => around(`sessions.${name}`, async () => work());
  const ofUser = (userId: string) => [...sessions].filter(([, { content }]) => content.user?.id === userId);
  return {
    read: (key) =>
      run('read', () => {
        const found = sessions.get(key);
        return found ? { content: structuredClone(found.content), lastSeenAt: found.lastSeenAt } : null;
      }),
    insert: (key, record, expiresAt) =>
      run('insert', () => {
        if (sessions.has(key)) throw new Error('the session exists');
        sessions.set(key, { ...structuredClone(record), expiresAt });
      }),
    update: (key, content) =>
      run('update', () => {
        const found = sessions.get(key);
        if (found) found.content = structuredClone(content);
        return found !== undefined;
      }),
    touch: (key, lastSeenAt, expiresAt) =>
      run('touch', () => {
        const found = sessions.get(key);
        if (found) Object.assign(found, { lastSeenAt, expiresAt });
        return found !== undefined;
      }),
    remove: (key) => run('remove', () => sessions.delete(key)),
    listByUser: (userId) =>
      run('listByUser', () => structuredClone(ofUser(userId).map(([key, record]) => ({ key, ...record })))),
    removeByUser: (userId, exceptKey) =>
      run('removeByUser', () => {
        for (const [key] of ofUser(userId)) if (key !== exceptKey) sessions.delete(key);
      }),
    removeAll: () => run('removeAll', () => sessions.clear()),
    removeExpired: (now) =>
      run('removeExpired', () => {
        for (const [key, { expiresAt }] of sessions) if (expiresAt <= now) sessions.delete(key);
      }),
  };
}

function createUsers(around: Around): Users {
  const run = <T>(name: string, work: () => T) => around(`users.${name}`, async () => work());
  const byEmail = (email: string) => [...users.values()].find((user) => user.email === email);
  const copy = (user: User | undefined): User | null => (user ? { ...user } : null);
  /** Changes the user with an id, if the version is the expected one or none is expected. */
  const change = (id: string, values: Partial<User>, raise: 0 | 1, expectedVersion?: number): User | null => {
    const user = users.get(id);
    if (!user || user.credentialVersion !== (expectedVersion ?? user.credentialVersion)) return null;
    return copy(Object.assign(user, values, { credentialVersion: user.credentialVersion + raise }));
  };
  return {
    create: (email, passwordHash) =>
      run('create', () => {
        if (byEmail(email)) return null;
        const id = randomBytes(16).toString('base64url');
        const user = { id, email, passwordHash, credentialVersion: 1, disabled: false };
        users.set(id, user);
        return copy(user);
      }),
    findByEmail: (email) => run('findByEmail', () => copy(byEmail(email))),
    findById: (id) => run('findById', () => copy(users.get(id))),
    changePassword: (id, version, passwordHash) =>
      run('changePassword', () => change(id, { passwordHash }, 1, version)),
    setPassword: (id, passwordHash) => run('setPassword', () => void change(id, { passwordHash }, 1)),
    renewHash: (id, version, passwordHash) => run('renewHash', () => void change(id, { passwordHash }, 0, version)),
    raiseCredentialVersion: (id) => run('raiseCredentialVersion', () => void change(id, {}, 1)),
    raiseAllCredentialVersions: () =>
      run('raiseAllCredentialVersions', () => {
        for (const id of users.keys()) change(id, {}, 1);
      }),
    disable: (id) => run('disable', () => void change(id, { disabled: true }, 1)),
    remove: (id) => run('remove', () => void users.delete(id)),
    list: (limit) => run('list', () => [...users.values()].slice(0, limit).map((user) => ({ ...user }))),
  };
}

function createThrottleRecords(around: Around): ThrottleRecords {
  const run = <T>(name: string, work: () => T) => around(`throttle.${name}`, async () => work());
  return {
    consume: (key, limit, now) =>
      run('consume', () => {
        const next = Math.max(fullAt.get(key) ?? 0, now) + interval(limit);
        const wait = next - now - limit.perMs;
        if (wait > 0) return wait;
        fullAt.set(key, next);
        return 0;
      }),
    refund: (key, limit) => run('refund', () => void fullAt.set(key, (fullAt.get(key) ?? 0) - interval(limit))),
    removeExpired: (now) =>
      run('removeExpired', () => {
        for (const [key, time] of fullAt) if (time <= now) fullAt.delete(key);
      }),
  };
}

/** The database at an address, or the double where there is none. */
export function openDatabase(url: string | null, options: ConnectOptions): { database: Database; records: Records } {
  if (url) {
    const database = connectDatabase(url, options);
    return { database, records: createRecords(database) };
  }
  const around: Around = options.around ?? ((_name, call) => call());
  const database: Database = {
    run: () => Promise.reject(new Error('there is no database to test on')),
    ping: () => around('ping', async () => {}),
    schemaState: async () => 'current',
    close: async () => {},
  };
  return { database, records: createDoubleRecords(around) };
}
