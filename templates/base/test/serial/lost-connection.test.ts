/**
 * What happens when the connection to the engine breaks. Alone, as PGlite serves all connections by one session: one
 * that breaks in the middle of a call can take away what another was told.
 */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { EngineProxy } from '../support/engine-proxy.ts';
import { isSignedIn, register } from '../support/people.ts';

describe.skipIf(inject('engineUrl') === null)('when the connection to the engine', () => {
  let proxy: EngineProxy;
  let app: TestApp;
  beforeEach(async () => {
    proxy = await EngineProxy.before(inject('engineUrl') ?? '');
    app = await startApp({ engineUrl: proxy.url });
  });
  afterEach(async () => {
    await app.close();
    await proxy.close();
  });

  it('is cut in the middle of calls, they answer 503 and the next ones work again', async () => {
    const { browser } = await register(app);
    const requests = Array.from({ length: 6 }, () => browser.get('/api/session'));
    proxy.cut();
    for (const { status } of await Promise.all(requests)) expect([200, 503]).toContain(status);
    await expect.poll(async () => (await browser.get('/api/session')).status, { timeout: 10_000 }).toBe(200);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is refused for a while, requests answer 503, and the app recovers without a restart', async () => {
    const { browser } = await register(app);
    await proxy.refuse();
    expect((await browser.get('/api/session')).status).toBe(503);
    expect((await app.browser().get('/readyz')).status).toBe(503);
    await proxy.accept();
    await expect.poll(() => isSignedIn(browser).catch(() => false), { timeout: 10_000 }).toBe(true);
  });
});
