import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../src/log.ts';
import { createThrottle } from '../src/protection/login-throttle.ts';
import {
  ACCOUNT_AND_ADDRESS_LIMIT,
  ACCOUNT_LIMIT,
  ADDRESS_LIMIT,
  PASSWORD_HASH_QUEUE,
  PASSWORD_HASHES_AT_ONCE,
} from '../src/security-policy.ts';
import { hashPassword, verifyPassword } from '../src/users/passwords.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, register } from './support/people.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

const guess = (browser: Browser, email: string) =>
  browser.post('/api/auth/login', { email, password: 'a wrong guess' });

describe('the attempts of one account in a day', () => {
  it('are no more than NIST SP 800-63B-4 allows', () => {
    expect(ACCOUNT_LIMIT.points * (DAY_MS / ACCOUNT_LIMIT.perMs)).toBeLessThanOrEqual(100);
  });
});

describe('guessing the password of an account', () => {
  it('is stopped after ten wrong ones from an address, before the password is looked at', async () => {
    const person = await register(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      expect((await guess(attacker, person.email)).status).toBe(401);
    }
    app.faults.calls.length = 0;
    const { status, body, headers } = await attacker.post('/api/auth/login', person); // the right one, too late
    expect(status).toBe(429);
    expect(body.error.code).toBe('too_many_attempts');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(app.faults.calls).not.toContain('users.findByEmail');
  });

  it('never locks the owner out, who comes from another address and has a live session', async () => {
    const person = await register(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1)
      await guess(attacker, person.email);
    expect(await isSignedIn(person.browser)).toBe(true);
    await logIn(app, person);
  });

  it('is possible again after the wait that Retry-After told', async () => {
    const { email } = await register(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) await guess(attacker, email);
    const { headers } = await guess(attacker, email);
    app.clock.now += Number(headers['retry-after']) * 1000;
    expect((await guess(attacker, email)).status).toBe(401);
    expect((await guess(attacker, email)).status).toBe(429);
  });

  it('leaves the attempts of others alone once it is refused', async () => {
    const { email } = await register(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt < ACCOUNT_LIMIT.points + 5; attempt += 1) await guess(attacker, email);
    expect((await guess(app.browser(), email)).status).toBe(401);
  });

  it('in parallel takes no more points than there are', async () => {
    const { email } = await register(app);
    const attacker = app.browser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => guess(attacker, email)));
    const taken = answers.filter(({ status }) => status !== 429);
    expect(taken).toHaveLength(ACCOUNT_AND_ADDRESS_LIMIT.points);
  });

  it('from many addresses only delays: a spent account is open again within fifteen minutes', async () => {
    const { email } = await register(app);
    const key = `account:${createHash('sha256').update(email).digest('base64url')}`;
    for (let point = 0; point < ACCOUNT_LIMIT.points; point += 1) {
      await app.buckets.take(key, ACCOUNT_LIMIT, app.clock.now);
    }
    expect((await guess(app.browser(), email)).status).toBe(429);
    app.clock.now += 15 * MINUTE_MS;
    expect((await guess(app.browser(), email)).status).toBe(401);
  });
});

describe('an address', () => {
  it('is stopped after trying many accounts, other addresses are not', async () => {
    const attacker = app.browser();
    let status = 0;
    let attempts = 0;
    while (status !== 429 && attempts <= ADDRESS_LIMIT.points) {
      attempts += 1;
      ({ status } = await guess(attacker, newPerson().email));
    }
    expect(attempts).toBe(ADDRESS_LIMIT.points + 1);
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });

  it('of IPv6 counts by its /64, which one client owns whole', async () => {
    const { email } = await register(app);
    const network = Math.floor(Math.random() * 0xffff).toString(16);
    const from = (host: string) => app.browser(`2001:db8:${network}:1::${host}`);
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1)
      await guess(from(`${attempt + 1}`), email);
    expect((await guess(from('ffff'), email)).status).toBe(429);
    expect((await guess(app.browser(`2001:db8:${network}:2::1`), email)).status).toBe(401);
  });
});

describe('every route that hashes a password', () => {
  it('gives the point back when the password was right', async () => {
    const person = await register(app);
    const browser = app.browser();
    const statuses: number[] = [];
    while (statuses.length < ACCOUNT_AND_ADDRESS_LIMIT.points + 3) {
      statuses.push((await browser.post('/api/auth/login', person)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('gives back each point that it took, and none when the password was wrong', async () => {
    const points = new Map<string, number>();
    const count = (key: string, change: number) => void points.set(key, (points.get(key) ?? 0) + change);
    const buckets = {
      take: async (key: string) => {
        count(key, 1);
        return 0;
      },
      giveBack: async (key: string) => count(key, -1),
      removeExpired: async () => {},
    };
    const { throttled } = createThrottle(buckets, Date.now, createLog({ write() {} }));
    await throttled('a@b', '192.0.2.1', async () => {});
    expect([...points.values()]).toEqual([0, 0, 0]);
    await throttled('a@b', '192.0.2.1', () => Promise.reject(new Error('wrong'))).catch(() => {});
    expect([...points.values()]).toEqual([1, 1, 1]);
  });

  it.each([
    ['re-authentication', '/api/auth/reauthenticate', { password: 'a wrong guess' }],
    ['a password change', '/api/auth/password', { currentPassword: 'a wrong guess', newPassword: `${PASSWORD} 2` }],
  ])('is throttled: %s', async (_name, path, body) => {
    const { browser } = await register(app);
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      expect((await browser.post(path, body)).status).toBe(401);
    }
    expect((await browser.post(path, body)).status).toBe(429);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is throttled: registration, which tells whether an address is taken', async () => {
    const { email } = await register(app);
    const browser = app.browser();
    const ask = async () => (await browser.post('/api/auth/register', { email, password: PASSWORD })).status;
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) expect(await ask()).toBe(409);
    expect(await ask()).toBe(429);
  });
});

describe('a flood of password hashes', () => {
  it('is cut off beyond those at work and a queue, and the rest is done', async () => {
    const flood = Array.from({ length: 2 * PASSWORD_HASH_QUEUE }, () => hashPassword(PASSWORD));
    const results = await Promise.allSettled(flood);
    const done = results.filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(PASSWORD_HASHES_AT_ONCE + PASSWORD_HASH_QUEUE);
    await hashPassword(PASSWORD);
  });

  it.each([
    ['made', () => hashPassword(PASSWORD)],
    ['compared', () => verifyPassword(null, PASSWORD)],
  ])('leaves the process free while they are %s: a file is read before half of them are done', async (_name, work) => {
    await work();
    let done = 0;
    const flood = Array.from({ length: PASSWORD_HASH_QUEUE }, () =>
      work().then(() => {
        done += 1;
      }),
    );
    await readFile('package.json');
    expect(done).toBeLessThan(PASSWORD_HASH_QUEUE / 2);
    await Promise.all(flood);
  });

  it('is told as 503 busy with Retry-After, and stops no other request', async () => {
    const { browser } = await register(app);
    const flood = Array.from({ length: 30 }, () => guess(app.browser(), newPerson().email));
    const others = Array.from({ length: 5 }, () => browser.get('/api/sessions'));
    const stopHashing = keepHashing(2 * PASSWORD_HASH_QUEUE);
    // Also when this test fails: what hashes for ever would fail every test after it.
    onTestFinished(stopHashing);
    const answers = await Promise.all(flood);
    const busy = answers.filter(({ status, body }) => status === 503 && body.error.code === 'busy');
    expect(busy.length).toBeGreaterThan(0);
    for (const { headers } of busy) expect(headers['retry-after']).toBe('1');
    for (const { status } of await Promise.all(others)) expect(status).toBe(200);
    await stopHashing();
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });
});

/** Keeps that many hashes at work or waiting, until it is told to stop. */
function keepHashing(count: number): () => Promise<void> {
  let isOn = true;
  const one = async () => {
    while (isOn) {
      await hashPassword(PASSWORD).catch(() => undefined);
      await new Promise(setImmediate);
    }
  };
  const all = Promise.all(Array.from({ length: count }, one));
  return async () => {
    isOn = false;
    await all;
  };
}
