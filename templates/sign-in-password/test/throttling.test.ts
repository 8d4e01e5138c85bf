/** Is guessing passwords stopped, and a flood of logins, without locking anybody out? */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { ApiError, DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { createDevices, createThrottle, interval } from '../src/protection/throttle.ts';
import * as policy from '../src/security-policy.ts';
import { hashPassword, verifyPassword } from '../src/users/passwords.ts';
import { it, SECRET, type TestApp } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, signedIn } from './support/fixtures.ts';

const DAY_MS = 24 * 60 * 60_000;

const WRONG = 'a wrong guess';
const guess = (browser: Browser, email: string) => browser.post('/api/auth/login', { email, password: WRONG });

/** So many wrong guesses, without the time that hashing takes. */
async function spend(app: TestApp, count: number, next: () => { email: string; address: string }): Promise<void> {
  const wrong = () => Promise.reject(new Error('wrong'));
  const { limitLogins } = app.services.throttle;
  const attempt = ({ email, address }: ReturnType<typeof next>) => limitLogins(email, address, null, wrong);
  // Few at once: one that waits for a connection until its deadline would get its points back.
  for (let left = count; left > 0; left -= 10) {
    await Promise.allSettled(times(Math.min(left, 10), next).map(attempt));
  }
}

/** Nobody gets in any more but known browsers: what one attempt takes of the account is taken until there is no more. */
async function spendAccount(app: TestApp, email: string): Promise<void> {
  const { throttle } = app.records;
  const consume = vi.spyOn(throttle, 'consume');
  await spend(app, 1, () => ({ email, address: app.browser().address }));
  const [call = expect.unreachable('it takes none')] = consume.mock.calls.filter(
    ([, limit]) => limit === policy.ACCOUNT_LIMIT,
  );
  consume.mockRestore();
  while ((await throttle.consume(...call)) === 0);
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('guessing the password of an account', () => {
  it('gets no more attempts in a day than NIST SP 800-63B-4 allows', () => {
    expect(policy.ACCOUNT_LIMIT.points * (DAY_MS / policy.ACCOUNT_LIMIT.perMs)).toBeLessThanOrEqual(100);
  });

  it('is possible again within the hour from anywhere, however many addresses go on', () => {
    expect(interval(policy.ACCOUNT_LIMIT)).toBeLessThanOrEqual(3_600_000);
  });

  it('is stopped after so many from one address, before the password is looked at', async ({ app }) => {
    const person = await signedIn(app);
    const attacker = app.browser();
    for (let attempt = 0; attempt < policy.ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      expect((await guess(attacker, person.email)).status).toBe(401);
    }
    const calls = await app.faults.callsOf(async () => {
      const { status, code, headers } = await attacker.post('/api/auth/login', person); // the right one, too late
      expect([status, code]).toEqual([429, 'too_many_attempts']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });
    expect(calls).not.toContain('users.findByEmail');
  });

  it('from one address never locks out the owner, however long it goes on', async ({ app }) => {
    const { email, password } = await signedIn(app);
    const { address } = app.browser();
    for (let quarter = 0; quarter < 14; quarter += 1) {
      app.clock.now += policy.ACCOUNT_AND_ADDRESS_LIMIT.perMs;
      await spend(app, policy.ACCOUNT_AND_ADDRESS_LIMIT.points, () => ({ email, address }));
    }
    expect((await app.browser().post('/api/auth/login', { email, password })).status).toBe(200);
  });

  it('is possible again after the time in Retry-After', async ({ app }) => {
    const { email } = newPerson();
    const attacker = app.browser();
    const { address } = attacker;
    await spend(app, policy.ACCOUNT_AND_ADDRESS_LIMIT.points, () => ({ email, address }));
    app.clock.now += 1; // so that it is no whole number of seconds
    const { status, headers } = await guess(attacker, email);
    expect(status).toBe(429);
    app.clock.now += Number(headers['retry-after']) * 1000;
    expect((await guess(attacker, email)).status).toBe(401);
    expect((await guess(attacker, email)).status).toBe(429);
  });

  it('takes nothing from the attempts of others once it is refused', async ({ app }) => {
    const { email } = newPerson();
    const { address } = app.browser();
    await spend(app, policy.ACCOUNT_LIMIT.points + 5, () => ({ email, address }));
    expect((await guess(app.browser(), email)).status).toBe(401);
  });

  it('in parallel takes no more points than there are', async ({ app }) => {
    const { email } = newPerson();
    const attacker = app.browser();
    const answers = await Promise.all(times(2 * policy.ACCOUNT_AND_ADDRESS_LIMIT.points, () => guess(attacker, email)));
    const taken = answers.filter(({ status }) => status !== 429);
    expect(taken).toHaveLength(policy.ACCOUNT_AND_ADDRESS_LIMIT.points);
  });

  it('from many addresses only delays: points of the account come back one by one', async ({ app }) => {
    const { email } = newPerson();
    await spendAccount(app, email);
    const { status, headers } = await guess(app.browser(), email);
    const retryAfter = Number(headers['retry-after']);
    expect([status, retryAfter > 0, retryAfter % 900]).toEqual([429, true, 0]); // does not tell when a point comes back
    app.clock.now += interval(policy.ACCOUNT_LIMIT);
    expect((await guess(app.browser(), email)).status).toBe(401);
  });
});

describe('a known browser', () => {
  it('gets in though many addresses guess at the account, and though its own address is spent', async ({
    app,
    start,
  }) => {
    const person = newPerson();
    const browser = app.browser();
    await browser.post('/api/auth/register', person);
    await browser.post('/api/auth/logout');
    await spendAccount(app, person.email);
    await spend(app, policy.ADDRESS_LIMIT.points, () => ({ email: newPerson().email, address: browser.address }));
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(429);
    for (const path of ['login', 'reauthenticate', 'login']) {
      if (path === 'reauthenticate') browser.address = app.browser().address;
      expect((await browser.post(`/api/auth/${path}`, person)).status).toBe(200);
    }
    const secrets = ['a secret that came later, long enough for anybody', SECRET];
    const { origin } = await start({ config: { secrets }, clock: app.clock });
    expect((await browser.at(origin).post('/api/auth/login', person)).status).toBe(200);
  });

  it('may guess no more often than any other', async ({ app }) => {
    const person = await signedIn(app);
    const browser = await logIn(app, person);
    await spendAccount(app, person.email);
    const statuses: number[] = [];
    for (let attempt = 0; attempt <= policy.DEVICE_LIMIT.points; attempt += 1) {
      statuses.push((await guess(browser, person.email)).status);
    }
    expect(statuses).toEqual([...Array(policy.DEVICE_LIMIT.points).fill(401), 429]);
  });

  it('is one by a cookie that was made for this account, under a secret of ours, since the last new password', async ({
    app,
  }) => {
    const [person, other] = [await signedIn(app), await signedIn(app)];
    const find = (secrets: string[], line: string) =>
      createDevices(secrets, app.records.users.findByEmail).find(`a=b; ${line.split(';', 1)[0]}`, person.email);
    const made = (secrets: string[], id = person.id, credentialVersion = 1) =>
      createDevices(secrets, app.records.users.findByEmail).remember({ id, credentialVersion });
    const line = made([SECRET]);
    const [, value = ''] = /=([^.]+)/.exec(line) ?? [];
    expect(await find([SECRET], line)).toBe(value);
    expect(await find(['another', SECRET], line)).toBe(value);
    for (const wrong of [made(['another', SECRET]), made([SECRET], other.id), made([SECRET], person.id, 0), '']) {
      expect(await find([SECRET], wrong)).toBeNull();
    }
    expect(await find([SECRET], line.replace(value, 'x'.repeat(value.length)))).toBeNull();
    expect(await find([SECRET], `x${line}`)).toBeNull();
    const nobody = createDevices([SECRET], async () => null);
    expect(await nobody.find(nobody.remember({ id: '', credentialVersion: 0 }), 'a@b')).toBeNull();
    await other.browser.jar.setCookie(line, other.browser.origin);
    expect((await other.browser.get('/api/sessions')).body).toHaveLength(1);
    await person.browser.jar.removeAllCookies();
    await person.browser.jar.setCookie(line, person.browser.origin);
    expect((await person.browser.get('/api/sessions')).status).toBe(401); // it signs nobody in
  });
});

describe('an address', () => {
  it('is stopped after trying many accounts, other addresses are not', async ({ app }) => {
    const attacker = app.browser();
    const { address } = attacker;
    await spend(app, policy.ADDRESS_LIMIT.points - 1, () => ({ email: newPerson().email, address }));
    expect((await guess(attacker, newPerson().email)).status).toBe(401);
    expect((await guess(attacker, newPerson().email)).status).toBe(429);
    const confirm = app.services.throttle.limitConfirmations('of a stolen session', address, async () => {});
    await expect(confirm).rejects.toMatchObject({ code: 'too_many_attempts' });
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });

  it('that guesses at one account leaves others at the same address alone', async ({ app }) => {
    const [victim, colleague] = [newPerson(), await signedIn(app)];
    const browser = app.browser();
    await spend(app, policy.ADDRESS_LIMIT.points + 10, () => ({ email: victim.email, address: browser.address }));
    await logIn(app, colleague, browser);
  });

  it('may register no more than so many accounts, and is told before the password is hashed', async ({ app }) => {
    const { address } = app.browser();
    const { limitRegistrations } = app.services.throttle;
    await Promise.all(times(policy.REGISTRATION_LIMIT.points, () => limitRegistrations(address, async () => {})));
    const calls = await app.faults.callsOf(async () => {
      expect((await app.browser(address).post('/api/auth/register', newPerson())).status).toBe(429);
    });
    expect(calls).not.toContain('users.create');
    const workOf = async (work: () => Promise<unknown>) => {
      const start = process.cpuUsage();
      for (let round = 0; round < 5; round += 1) await work().catch(() => {});
      await hashPassword(PASSWORD); // which waits for those before it
      return process.cpuUsage(start).user;
    };
    const refused = await workOf(() => app.services.accounts.register(newPerson().email, PASSWORD, address));
    expect(refused).toBeLessThan((await workOf(() => hashPassword(PASSWORD))) / 2);
    expect((await app.browser().post('/api/auth/register', newPerson())).status).toBe(201);
  });

  it('of IPv6 counts by its /64, which one client owns whole', async ({ app }) => {
    const { email } = newPerson();
    const [site, network] = [Math.floor(Math.random() * 0xffff), Math.floor(Math.random() * 0xfffe)];
    const prefix = (offset: number) => `2001:db8:${site.toString(16)}:${(network + offset).toString(16)}`;
    let host = 0;
    await spend(app, policy.ACCOUNT_AND_ADDRESS_LIMIT.points, () => ({ email, address: `${prefix(0)}::${++host}` }));
    expect((await guess(app.browser(`${prefix(0)}::ffff`), email)).status).toBe(429);
    expect((await guess(app.browser(`${prefix(1)}::1`), email)).status).toBe(401);
    const register = () => app.services.throttle.limitRegistrations(`${prefix(0)}::${++host}`, async () => {});
    await Promise.all(times(policy.REGISTRATION_LIMIT.points, register));
    await expect(register()).rejects.toMatchObject({ code: 'too_many_attempts' });
  });
});

describe('the points of an attempt', () => {
  const outage = new DatabaseUnavailable('users.findByEmail', new Error('failed by a test'));
  const wrong = () => Promise.reject(new Error('wrong'));
  const busy = () => Promise.reject(new ApiError('busy'));

  /** A throttle whose key of that name has no point left, or cannot be read. */
  function throttleWith(spent = 'none', failure?: Error) {
    const consume = vi.fn(async (key: string, _limit: policy.Limit) => {
      if (!key.startsWith(`${spent}:`)) return 0;
      if (failure) throw failure;
      return 1;
    });
    const refund = vi.fn(async (_key: string, _limit: policy.Limit) => {});
    const records = { consume, refund, removeExpired: async () => {} };
    const keysOf = ({ mock }: { mock: { calls: [string, policy.Limit][] } }) => mock.calls.map(([key]) => key).sort();
    const taken = () => keysOf(consume).filter((key) => !key.startsWith(`${spent}:`));
    return { throttle: createThrottle(records, Date.now, createLog('silent')), taken, refunded: () => keysOf(refund) };
  }

  it.for([
    ['come back when the database failed', () => Promise.reject(outage), true],
    ['are spent when the password was wrong', wrong, false],
    ['are spent when the server was busy', busy, false],
  ] as const)('%s', async ([_name, work, comeBack]) => {
    const { throttle, taken, refunded } = throttleWith();
    await throttle.limitLogins('a@b', '192.0.2.1', null, work).catch(() => {});
    await throttle.limitConfirmations('id', '192.0.2.1', work).catch(() => {});
    await throttle.limitRegistrations('192.0.2.1', work).catch(() => {});
    expect(taken().length).toBeGreaterThan(3);
    expect(refunded()).toEqual(comeBack ? taken() : []);
  });

  it('come back when the password was right; one of the account and that of a registration do not', async () => {
    const { throttle, taken, refunded } = throttleWith();
    await throttle.limitLogins('a@b', '192.0.2.1', null, async () => {});
    await throttle.limitConfirmations('id', '192.0.2.1', async () => {});
    await throttle.limitRegistrations('192.0.2.1', async () => {});
    expect(refunded()).toEqual(taken().filter((key) => !/^(login|registration):/.test(key)));
    const spent = throttleWith('login');
    const again = spent.throttle.limitLogins('a@b', '192.0.2.1', null, async () => {});
    await expect(again).rejects.toMatchObject({ code: 'too_many_attempts' });
    expect(spent.refunded()).toEqual([]);
  });

  it.for([['is spent'], ['cannot be read', outage]] as const)('come back when the last one %s', async ([, failure]) => {
    const { throttle, taken, refunded } = throttleWith('account', failure);
    await expect(throttle.limitLogins('a@b', '192.0.2.1', null, wrong)).rejects.toThrow(failure ?? ApiError);
    expect(refunded()).toEqual(taken());
  });

  it.for([
    ['fails as well', 'none', () => Promise.reject(new Error('failed as well'))],
    ['is not answered', 'none', () => new Promise(() => {})],
    ['is not answered, at the last of them', 'account:', () => new Promise(() => {})],
  ] as const)('are lost when the refund %s: the outage is reported, and at once', async ([_name, last, refund]) => {
    const consume = async (key: string) => (key.startsWith(last) ? Promise.reject(outage) : 0);
    const records = { consume, refund, removeExpired: async () => {} };
    const { limitLogins } = createThrottle(records, Date.now, createLog('silent'));
    const attempt = limitLogins('a@b', '192.0.2.1', null, () => Promise.reject(outage)).catch((error) => error);
    expect(await Promise.race([attempt, nextTurn('waits')])).toBe(outage);
  });
});

describe('a route that confirms a password', () => {
  it.for([
    ['/api/auth/reauthenticate', { password: WRONG }],
    ['/api/auth/password', { currentPassword: WRONG, newPassword: `${PASSWORD} 2` }],
  ] as const)('is throttled by session alone, and ends none: %s', async ([path, body], { app }) => {
    const { browser, email, password } = await signedIn(app);
    await spendAccount(app, email);
    const ask = async () => (await browser.post(path, body)).status;
    for (let attempt = 0; attempt < policy.SESSION_LIMIT.points; attempt += 1) expect(await ask()).toBe(401);
    expect(await ask()).toBe(429);
    expect(app.logText()).not.toContain(idIn(await browser.cookie()));
    expect(await isSignedIn(browser)).toBe(true);
    const other = await signedIn(app);
    other.browser.address = browser.address;
    expect((await other.browser.post('/api/auth/reauthenticate', { password })).status).toBe(200);
  });
});

describe('a flood of password hashes', () => {
  /** More are refused. */
  const HASHES = policy.PASSWORD_HASHES_AT_ONCE + policy.PASSWORD_HASH_QUEUE;

  it.for([
    ['made', () => hashPassword(PASSWORD)],
    ['verified', () => verifyPassword(null, PASSWORD)],
  ] as const)('is cut off beyond a few, and leaves the process free while those are %s', async ([, work]) => {
    let done = 0;
    const flood = times(2 * HASHES, async () => {
      await work();
      done += 1;
    });
    const results = Promise.allSettled(flood);
    await nextTurn();
    expect(done).toBeLessThan(HASHES / 2);
    expect((await results).filter(({ status }) => status === 'fulfilled')).toHaveLength(HASHES);
  });

  it('is answered 503 busy with Retry-After, and stops no other request', async ({ app }) => {
    const { browser } = await signedIn(app);
    const held = times(2 * HASHES, () => app.faults.holdNext('users.findByEmail'));
    const flood = Promise.all(held.map(() => guess(app.browser(), newPerson().email)));
    await Promise.all(held.map(({ reached }) => reached));
    const hashing = Promise.allSettled(times(2 * HASHES, () => hashPassword(PASSWORD)));
    for (const { release } of held) release();
    const others = await Promise.all(times(5, () => browser.get('/api/sessions')));
    const busy = (await flood).filter(({ status, code }) => status === 503 && code === 'busy');
    expect(busy.length).toBeGreaterThan(0);
    for (const { headers } of busy) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    for (const { status } of others) expect(status).toBe(200);
    await hashing;
    expect((await guess(app.browser(), newPerson().email)).status).toBe(401);
  });
});
