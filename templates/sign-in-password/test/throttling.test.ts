/** Is guessing passwords stopped, and a flood of logins, without locking anybody out? */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { createThrottle, interval } from '../src/protection/throttle.ts';
import {
  ACCOUNT_AND_ADDRESS_LIMIT,
  ACCOUNT_LIMIT,
  ADDRESS_LIMIT,
  type Limit,
  PASSWORD_HASH_QUEUE,
  PASSWORD_HASHES_AT_ONCE,
} from '../src/security-policy.ts';
import { hashPassword, verifyPassword } from '../src/users/passwords.ts';
import { it, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, signedIn } from './support/fixtures.ts';

const DAY_MS = 24 * 60 * 60_000;

const WRONG = 'a wrong guess';
const guess = (browser: Browser, email: string) => browser.post('/api/auth/login', { email, password: WRONG });

/** So many wrong guesses, without the time that hashing takes. */
async function spend(app: TestApp, count: number, next: () => { email: string; address: string }): Promise<void> {
  const wrong = () => Promise.reject(new Error('wrong'));
  const { limitPasswords } = app.services.throttle;
  const attempts = times(count, next).map(({ email, address }) => limitPasswords(email, address, wrong));
  await Promise.allSettled(attempts);
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('guessing the password of an account', () => {
  it('gets no more attempts in a day than NIST SP 800-63B-4 allows', () => {
    expect(ACCOUNT_LIMIT.points * (DAY_MS / ACCOUNT_LIMIT.perMs)).toBeLessThanOrEqual(100);
  });

  it('is stopped after so many from one address, before the password is looked at', async ({ app }) => {
    const person = await signedIn(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      expect((await guess(attacker, person.email)).status).toBe(401);
    }
    const calls = await app.faults.callsOf(async () => {
      const { status, body, headers } = await attacker.post('/api/auth/login', person); // the right one, too late
      expect([status, body?.error?.code]).toEqual([429, 'too_many_attempts']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });
    expect(calls).not.toContain('users.findByEmail');
  });

  it('never locks out the owner, who has another address and a live session', async ({ app }) => {
    const person = await signedIn(app);
    const { address } = app.browser();
    await spend(app, ACCOUNT_AND_ADDRESS_LIMIT.points + 1, () => ({ email: person.email, address }));
    expect(await isSignedIn(person.browser)).toBe(true);
    await logIn(app, person);
  });

  it('is possible again after the time in Retry-After', async ({ app }) => {
    const { email } = newPerson();
    const attacker = app.browser();
    const { address } = attacker;
    await spend(app, ACCOUNT_AND_ADDRESS_LIMIT.points, () => ({ email, address }));
    const { status, headers } = await guess(attacker, email);
    expect(status).toBe(429);
    app.clock.now += Number(headers['retry-after']) * 1000;
    expect((await guess(attacker, email)).status).toBe(401);
    expect((await guess(attacker, email)).status).toBe(429);
  });

  it('takes nothing from the attempts of others once it is refused', async ({ app }) => {
    const { email } = newPerson();
    const { address } = app.browser();
    await spend(app, ACCOUNT_LIMIT.points + 5, () => ({ email, address }));
    expect((await guess(app.browser(), email)).status).toBe(401);
  });

  it('in parallel takes no more points than there are', async ({ app }) => {
    const { email } = newPerson();
    const attacker = app.browser();
    const answers = await Promise.all(times(2 * ACCOUNT_AND_ADDRESS_LIMIT.points, () => guess(attacker, email)));
    const taken = answers.filter(({ status }) => status !== 429);
    expect(taken).toHaveLength(ACCOUNT_AND_ADDRESS_LIMIT.points);
  });

  it('from many addresses only delays: points of the account come back one by one', async ({ app }) => {
    const { email } = newPerson();
    await spend(app, ACCOUNT_LIMIT.points, () => ({ email, address: app.browser().address }));
    expect((await guess(app.browser(), email)).status).toBe(429);
    app.clock.now += interval(ACCOUNT_LIMIT);
    expect((await guess(app.browser(), email)).status).toBe(401);
  });
});

describe('an address', () => {
  it('is stopped after trying many accounts, other addresses are not', async ({ app }) => {
    const attacker = app.browser();
    const { address } = attacker;
    await spend(app, ADDRESS_LIMIT.points - 1, () => ({ email: newPerson().email, address }));
    expect((await guess(attacker, newPerson().email)).status).toBe(401);
    expect((await guess(attacker, newPerson().email)).status).toBe(429);
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });

  it('of IPv6 counts by its /64, which one client owns whole', async ({ app }) => {
    const { email } = newPerson();
    const [site, network] = [Math.floor(Math.random() * 0xffff), Math.floor(Math.random() * 0xfffe)];
    const prefix = (offset: number) => `2001:db8:${site.toString(16)}:${(network + offset).toString(16)}`;
    let host = 0;
    await spend(app, ACCOUNT_AND_ADDRESS_LIMIT.points, () => ({ email, address: `${prefix(0)}::${++host}` }));
    expect((await guess(app.browser(`${prefix(0)}::ffff`), email)).status).toBe(429);
    expect((await guess(app.browser(`${prefix(1)}::1`), email)).status).toBe(401);
  });
});

describe('the points of an attempt', () => {
  const outage = new DatabaseUnavailable('users.findByEmail', new Error('failed by a test'));

  it.for([
    ['come back when the password was right', async () => {}, true],
    ['come back when the database failed', () => Promise.reject(outage), true],
    ['are spent when the password was wrong', () => Promise.reject(new Error('wrong')), false],
  ] as const)('%s', async ([_name, work, comeBack]) => {
    const consume = vi.fn(async (_key: string, _limit: Limit) => 0);
    const refund = vi.fn(async () => {});
    const records = { consume, refund, removeExpired: async () => {} };
    await createThrottle(records, Date.now, createLog('silent'))
      .limitPasswords('a@b', '192.0.2.1', work)
      .catch(() => {});
    const taken = consume.mock.calls.map(([key, limit]) => [key, limit]);
    expect(taken.length).toBeGreaterThan(0);
    expect(refund.mock.calls.sort()).toEqual(comeBack ? taken.sort() : []);
  });

  it('are lost when the database cannot take them back either, and the first failure is reported', async () => {
    const refund = () => Promise.reject(new Error('failed as well'));
    const records = { consume: async () => 0, refund, removeExpired: async () => {} };
    const { limitPasswords } = createThrottle(records, Date.now, createLog('silent'));
    await expect(limitPasswords('a@b', '192.0.2.1', () => Promise.reject(outage))).rejects.toBe(outage);
  });
});

describe('a route that hashes a password', () => {
  it.for([
    ['/api/auth/reauthenticate', 401, { password: WRONG }],
    ['/api/auth/password', 401, { currentPassword: WRONG, newPassword: `${PASSWORD} 2` }],
    ['/api/auth/register', 409, { password: PASSWORD }], // tells whether an address is taken
  ] as const)('is throttled, and ends no session: %s', async ([path, refused, body], { app }) => {
    const { browser, email } = await signedIn(app);
    const ask = async () => (await browser.post(path, { email, ...body })).status;
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) expect(await ask()).toBe(refused);
    expect(await ask()).toBe(429);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a flood of password hashes', () => {
  /** More are refused. */
  const HASHES = PASSWORD_HASHES_AT_ONCE + PASSWORD_HASH_QUEUE;

  it('is cut off beyond those at work and a queue, and the rest is done', async () => {
    const results = await Promise.allSettled(times(2 * HASHES, () => hashPassword(PASSWORD)));
    const done = results.filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(HASHES);
    await hashPassword(PASSWORD);
  });

  it.for([
    ['made', () => hashPassword(PASSWORD)],
    ['verified', () => verifyPassword(null, PASSWORD)],
  ] as const)('leaves the process free while they are %s', async ([_name, work]) => {
    let done = 0;
    const flood = times(PASSWORD_HASH_QUEUE, async () => {
      await work();
      done += 1;
    });
    await nextTurn();
    expect(done).toBeLessThan(PASSWORD_HASH_QUEUE / 2);
    await Promise.all(flood);
  });

  it('is answered 503 busy with Retry-After, and stops no other request', async ({ app }) => {
    const { browser } = await signedIn(app);
    const held = times(2 * HASHES, () => app.faults.holdNext('users.findByEmail'));
    const flood = Promise.all(held.map(() => guess(app.browser(), newPerson().email)));
    await Promise.all(held.map(({ reached }) => reached));
    const hashing = Promise.allSettled(times(2 * HASHES, () => hashPassword(PASSWORD)));
    for (const { release } of held) release();
    const others = await Promise.all(times(5, () => browser.get('/api/sessions')));
    const busy = (await flood).filter(({ status, body }) => status === 503 && body?.error?.code === 'busy');
    expect(busy.length).toBeGreaterThan(0);
    for (const { headers } of busy) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    for (const { status } of others) expect(status).toBe(200);
    await hashing;
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });
});
