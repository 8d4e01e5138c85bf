/**
 * What happens when the connection to the database breaks? Alone, as PGlite serves all connections by one session: one
 * that breaks in the middle of a call can take away what another was told.
 */
import { describe, expect, inject, onTestFinished } from 'vitest';
import { DatabaseUnavailable } from '../../src/errors.ts';
import { it } from '../support/app.ts';
import { DatabaseProxy } from '../support/database.ts';
import { isSignedIn, signedIn } from '../support/fixtures.ts';

describe.skipIf(inject('databaseUrl') === null)('when the connection to the database', () => {
  const POLLING = { timeout: 10_000 };

  /** A proxy before the database, which ends with the test. */
  async function newProxy(): Promise<DatabaseProxy> {
    const proxy = await DatabaseProxy.before(inject('databaseUrl') ?? '');
    onTestFinished(() => proxy.close());
    return proxy;
  }

  it('is cut in the middle of calls, they answer 503 and the next ones work again', async ({ start }) => {
    const proxy = await newProxy();
    const { browser } = await signedIn(await start({ databaseUrl: proxy.url }));
    const requests = Array.from({ length: 6 }, () => browser.get('/api/session'));
    proxy.cut();
    for (const { status } of await Promise.all(requests)) expect([200, 503]).toContain(status);
    await expect.poll(async () => (await browser.get('/api/session')).status, POLLING).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is lost while a call is written, that is an outage', async ({ start }) => {
    const proxy = await newProxy();
    const { database } = (await start({ databaseUrl: proxy.url })).services;
    await database.ping();
    // Node's error where the other side has ended the connection: drivers pass it on.
    const ended = Object.assign(new Error('ended by the other side'), { code: 'EPIPE' });
    await expect(database.run('test', () => Promise.reject(ended))).rejects.toThrow(DatabaseUnavailable);
    proxy.cut();
    await database.ping().catch((error) => expect(error).toBeInstanceOf(DatabaseUnavailable));
  });

  it('is refused for a while, requests answer 503, and the app recovers without a restart', async ({ start }) => {
    const proxy = await newProxy();
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
