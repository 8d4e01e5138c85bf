/**
 * What reaches everybody: an operator who signs all out, and a connection that breaks. Alone, as it would disturb every
 * other test: PGlite serves all connections by one session, and one that breaks in the middle of a call can take away
 * what another was told.
 */
import { describe, expect, inject } from 'vitest';
import { DatabaseUnavailable } from '../../src/errors.ts';
import { isSignedIn, recordOf, register, signedIn, visitor } from '../support/fixtures.ts';
import { it } from '../support/process.ts';

describe.skipIf(inject('databaseUrl') === null)('admin', () => {
  it('revoke --all ends the sessions of everybody, even of a login under way', async ({ app, admin }) => {
    const people = [await register(app), await signedIn(app)];
    const guest = await visitor(app);
    const insert = app.faults.holdNext('sessions.insert');
    const late = app.browser();
    const login = late.post('/api/auth/login', people[0]);
    await insert.reached;
    expect((await admin(['revoke', '--all'])).code).toBe(0);
    insert.release();
    await login;
    for (const browser of [late, ...people.map(({ browser }) => browser)])
      expect(await isSignedIn(browser)).toBe(false);
    expect(await recordOf(app, guest)).toBeNull();
  });

  it('migrate, and the start of a server, create no account', async ({ app, admin, processes }) => {
    const strangers = async () => {
      const everybody = await app.records.users.list(100_000);
      return everybody.map(({ email }) => email).filter((email) => !email.endsWith('@example.test'));
    };
    const before = await strangers();
    await admin(['migrate']);
    await processes.serve();
    expect(await strangers()).toEqual(before);
  });
});

describe.skipIf(inject('databaseUrl') === null)('when the connection to the database', () => {
  const POLLING = { timeout: 10_000 };

  it('is cut in the middle of calls, they answer 503 and the next ones work again', async ({ proxy, start }) => {
    const { browser } = await signedIn(await start({ databaseUrl: proxy.url }));
    const requests = Array.from({ length: 6 }, () => browser.get('/api/session'));
    proxy.cut();
    for (const { status } of await Promise.all(requests)) expect([200, 503]).toContain(status);
    await expect.poll(async () => (await browser.get('/api/session')).status, POLLING).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is lost while a call is written, that is an outage', async ({ proxy, start }) => {
    const { database } = (await start({ databaseUrl: proxy.url })).services;
    await database.ping();
    // Node's error where the other side has ended the connection: drivers pass it on.
    const ended = Object.assign(new Error('ended by the other side'), { code: 'EPIPE' });
    await expect(database.run('test', () => Promise.reject(ended))).rejects.toThrow(DatabaseUnavailable);
    proxy.cut();
    await database.ping().catch((error) => expect(error).toBeInstanceOf(DatabaseUnavailable));
  });

  it('is refused for a while, requests answer 503, and the app recovers without a restart', async ({
    proxy,
    start,
  }) => {
    const app = await start({ databaseUrl: proxy.url });
    const { browser } = await signedIn(app);
    await proxy.refuse();
    expect((await browser.get('/api/session')).status).toBe(503);
    expect((await app.browser().get('/readyz')).status).toBe(503);
    await proxy.accept();
    await expect.poll(async () => (await browser.get('/api/session')).status, POLLING).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
