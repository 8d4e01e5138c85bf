/** What happens when the database fails, freezes or is slow to come? And how often is it asked? */
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, vi } from 'vitest';
import { connectDatabase, type Database } from '../src/database/connection.ts';
import { createCaller, DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { DATABASE_DEADLINE_MS, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { handleOf, keyOf } from '../src/session/store.ts';
import { it, type TestApp } from './support/app.ts';
import { type Answer, idIn } from './support/browser.ts';
import type { DatabaseProxy } from './support/database.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, recordOf, signedIn } from './support/fixtures.ts';

it('a call that was answered leaves no timer behind, or a flood of them would fill the memory', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  await createCaller(() => true)('call', async () => {});
  expect(vi.getTimerCount()).toBe(0);
});

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

describe('a call to the database', () => {
  const never = () => new Promise<never>(() => {});

  it('that is never answered fails at its deadline, whatever the driver does', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let outcome: unknown = 'waiting';
    void createCaller(() => false)('test', never).catch((error) => {
      outcome = error;
    });
    await vi.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 1);
    expect(outcome).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toBeInstanceOf(DatabaseUnavailable);
  });

  it('that fails is an outage only if the store says so: a wrong statement stays what it is', async () => {
    const error = new Error('failed by a test');
    const outcomeOf = (isOutage: boolean, thrown: Error) =>
      createCaller(() => isOutage)('sessions.read', () => Promise.reject(thrown)).catch((error: unknown) => error);
    expect(await outcomeOf(false, error)).toBe(error);
    const outage = await outcomeOf(true, error);
    expect(outage).toBeInstanceOf(DatabaseUnavailable);
    expect(outage).toMatchObject({ call: 'sessions.read', cause: error });
    expect(await outcomeOf(true, outage as Error)).toBe(outage);
  });
});

/** Somebody whose next request is also to note that the session is in use. */
async function somebody(app: TestApp) {
  const person = await signedIn(app);
  app.clock.now += TOUCH_INTERVAL_MS;
  return person;
}

describe('when the database fails', () => {
  // Not for the whole file: an app that starts while a test above holds its timers would never connect.
  it.afterEach(({ app }) => app.faults.clear());

  /** What a signed-in user does. */
  const ACTIONS: Record<string, (person: Awaited<ReturnType<typeof somebody>>) => Promise<Answer>> = {
    'looking at the session': ({ browser }) => browser.get('/api/session'),
    'listing sessions': ({ browser }) => browser.get('/api/sessions'),
    registering: ({ browser }) => browser.post('/api/auth/register', newPerson()),
    'signing in': ({ browser, email, password }) => browser.post('/api/auth/login', { email, password }),
    'confirming the password': ({ browser, password }) => browser.post('/api/auth/reauthenticate', { password }),
    'changing the password': ({ browser }) =>
      browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} anew` }),
    'signing out': ({ browser }) => browser.post('/api/auth/logout'),
    'ending the other sessions': ({ browser }) => browser.delete('/api/sessions'),
    'ending the current session': async ({ browser }) =>
      browser.delete(`/api/sessions/${handleOf(keyOf(idIn(await browser.cookie())))}`),
    'deleting the account': ({ browser }) => browser.delete('/api/account'),
  };

  it.for(Object.entries(ACTIONS))('the answer is 503, whichever call fails while %s', async ([_name, act], { app }) => {
    const first = await somebody(app);
    const calls = await app.faults.callsOf(async () => expect((await act(first)).status).toBeLessThan(300));
    expect(calls).toContain('sessions.read');
    for (const call of new Set(calls)) {
      const person = await somebody(app);
      app.faults.fail(call);
      const answer = await act(person);
      app.faults.clear();
      expect(answer, call).toMatchObject({ status: 503, code: 'unavailable', cookies: [] });
      // Signed in as before, or not at all: never without a record.
      const record = await recordOf(app, person.browser);
      if (await isSignedIn(person.browser)) expect([call, record]).toEqual([call, expect.anything()]);
    }
  });

  it('nothing is left unhandled, which would end the process', () => {
    expect(unhandled).toEqual([]);
  });

  it('a logout says so, and the next one is done', async ({ app }) => {
    const { browser } = await signedIn(app);
    const thief = await browser.copy();
    app.faults.fail('sessions.remove');
    expect((await browser.post('/api/auth/logout')).status).toBe(503);
    app.faults.clear();
    expect((await thief.post('/api/auth/logout')).status).toBe(204);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('the client learns nothing of it and the log everything', async ({ app }) => {
    app.faults.fail('users.findByEmail');
    const { text } = await app.browser().post('/api/auth/login', newPerson());
    expect(text).not.toMatch(/test|users|stack|Error/);
    const logged = { event: 'sys_database_unavailable', call: 'users.findByEmail' };
    expect(app.log()).toContainEqual(expect.objectContaining(logged));
  });

  it('in a way nobody thought of, the answer is 500 without details, and the next one is right', async ({ app }) => {
    const { browser } = await signedIn(app);
    for (const call of ['sessions.read', 'users.findById', 'sessions.listByUser']) {
      app.faults.fail(call, new TypeError('a bug in line 42'));
      const answer = await browser.get('/api/sessions');
      app.faults.clear();
      expect(answer, call).toMatchObject({ status: 500, code: 'internal', cookies: [] });
      expect(answer.text).not.toContain('line 42');
    }
    expect(app.logText()).toContain('a bug in line 42');
    expect((await browser.get('/api/sessions')).status).toBe(200);
  });

  it('readyz answers 503 and livez 200', async ({ app }) => {
    app.faults.fail('ping');
    expect((await app.browser().get('/readyz')).status).toBe(503);
    expect((await app.browser().get('/livez')).status).toBe(200);
    app.faults.clear();
    expect((await app.browser().get('/readyz')).status).toBe(200);
  });
});

// Side by side, as they wait for deadlines. For connections that break see serial/.
describe.skipIf(inject('databaseUrl') === null).concurrent('the connection', () => {
  const POLLING = { timeout: 3 * DATABASE_DEADLINE_MS };

  const connect = (proxy: DatabaseProxy) => connectDatabase(proxy.url, { log: createLog('silent') });
  const answers = (database: Database) =>
    database.ping().then(
      () => true,
      () => false,
    );
  /** More than a pool has connections. */
  const allAnswer = async (database: Database) =>
    (await Promise.all(Array.from({ length: 20 }, () => answers(database)))).every(Boolean);

  it('is made when the database comes, where it was not there at the start', async ({
    proxy,
    expect,
    onTestFinished,
  }) => {
    await proxy.refuse();
    const database = connect(proxy);
    onTestFinished(() => database.close());
    await expect(database.ping()).rejects.toThrow(DatabaseUnavailable);
    await proxy.accept();
    await expect.poll(() => answers(database), POLLING).toBe(true);
  });

  it('is made anew when its peer is gone without a word, however busy it is', async ({
    proxy,
    expect,
    onTestFinished,
  }) => {
    proxy.freeze(); // before a connection is whole
    const database = connect(proxy);
    onTestFinished(() => database.close());
    expect(await allAnswer(database)).toBe(false);
    for (let round = 0; round < 2; round += 1) {
      proxy.strand();
      await expect.poll(() => allAnswer(database), POLLING).toBe(true);
    }
  });

  it('is given up when it is closed, whatever it is doing', async ({ proxy, expect }) => {
    const unconnected = connect(proxy);
    await unconnected.close();
    await expect(unconnected.ping()).rejects.toThrow(DatabaseUnavailable);
    const database = connect(proxy);
    await database.ping();
    proxy.freeze();
    let isClosed = false;
    const pending = answers(database);
    void database.close().then(() => {
      isClosed = true;
    });
    await expect.poll(() => isClosed, POLLING).toBe(true);
    expect(await pending).toBe(false);
  });

  it('freezes, and requests are answered 503 and served again later', async ({ proxy, start, expect }) => {
    const app = await start({ databaseUrl: proxy.url });
    const { browser } = await signedIn(app);
    const statuses: number[] = [];
    const ask = () => browser.get('/api/session').then(({ status }) => void statuses.push(status));
    proxy.freeze();
    void ask();
    await expect.poll(() => statuses, POLLING).toEqual([503]);
    proxy.thaw();
    await expect.poll(() => ask().then(() => statuses.at(-1)), POLLING).toBe(200);
  });
});

describe('a visitor', () => {
  it.afterEach(({ app }) => app.faults.clear());

  it.for(['/api/session', '/api/sessions', '/livez', '/nothing'])(
    'asks the database nothing at %s, and is served when it fails',
    async (path, { app }) => {
      app.faults.fail('');
      const calls = await app.faults.callsOf(async () =>
        expect((await app.browser().get(path)).status).toBeLessThan(500),
      );
      expect(calls).toEqual([]);
    },
  );

  it('asks nothing with a cookie whose signature is wrong', async ({ app }) => {
    const browser = app.browser();
    await browser.plant('guessed.signature');
    expect(await app.faults.callsOf(() => browser.get('/api/session'))).toEqual([]);
  });

  it('who signs in makes a session, and ends none where there is none', async ({ app }) => {
    const person = await signedIn(app);
    const calls = await app.faults.callsOf(() => logIn(app, person));
    expect(calls.filter((name) => /^sessions\.(insert|update|remove)$/.test(name))).toEqual(['sessions.insert']);
  });
});

describe('a signed-in user', () => {
  const READS = ['sessions.read', 'users.findById'];

  it('costs two reads and what is asked for, and writes nothing within the touch interval', async ({ app }) => {
    const { browser } = await signedIn(app);
    app.clock.now += TOUCH_INTERVAL_MS - 1;
    expect(await app.faults.callsOf(() => browser.get('/api/session'))).toEqual(READS);
    expect(await app.faults.callsOf(() => browser.get('/api/sessions'))).toEqual([...READS, 'sessions.listByUser']);
  });

  it('costs one write more when the touch interval is over', async ({ app }) => {
    const { browser } = await somebody(app);
    const calls = await app.faults.callsOf(() => browser.get('/api/sessions'));
    expect(calls).toEqual([...READS, 'sessions.touch', 'sessions.listByUser']);
  });
});
