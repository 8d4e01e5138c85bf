/**
 * What happens when the connection to the engine breaks, is refused or goes silent. Alone, as PGlite serves all
 * connections by one session: one that breaks in the middle of a call can take away what another was told.
 */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { EngineUnavailable } from '../../src/deadline.ts';
import { connectEngine, type Engine } from '../../src/engine.ts';
import { createLog } from '../../src/log.ts';
import { ENGINE_DEADLINE_MS } from '../../src/security-policy.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { EngineProxy } from '../support/engine-proxy.ts';
import { isSignedIn, register } from '../support/people.ts';

describe.skipIf(inject('engineUrl') === null)('the connection', () => {
  let proxy: EngineProxy;
  beforeEach(async () => {
    proxy = await EngineProxy.before(inject('engineUrl') ?? '');
  });
  afterEach(() => proxy.close());

  const connect = () => connectEngine(proxy.url, createLog({ write: () => {} }));
  const answers = (engine: Engine) =>
    engine.ping().then(
      () => true,
      () => false,
    );

  it('is made when the engine comes, where it was not there at the start', async () => {
    await proxy.refuse();
    const engine = connect();
    await expect(engine.ping()).rejects.toThrow(EngineUnavailable);
    await proxy.accept();
    await expect.poll(() => answers(engine), { timeout: 8000 }).toBe(true);
    await engine.close();
  });

  it('is made anew when its peer is gone without a word, however busy it is', async () => {
    const engine = connect();
    await engine.ping();
    proxy.strand();
    const busy = setInterval(() => answers(engine), 50);
    await expect.poll(() => answers(engine), { timeout: 12_000 }).toBe(true);
    clearInterval(busy);
    await engine.close();
  });

  it('is given up at once, whatever it is doing', async () => {
    const unconnected = connect();
    await unconnected.close();
    await expect(unconnected.ping()).rejects.toThrow(EngineUnavailable);
    const engine = connect();
    await engine.ping();
    proxy.freeze();
    const pending = answers(engine);
    const start = performance.now();
    await engine.close();
    expect(performance.now() - start).toBeLessThan(2 * ENGINE_DEADLINE_MS);
    expect(await pending).toBe(false);
  });
});

describe.skipIf(inject('engineUrl') === null)('when the connection to the engine', () => {
  let proxy: EngineProxy;
  let cut: TestApp;
  beforeEach(async () => {
    proxy = await EngineProxy.before(inject('engineUrl') ?? '');
    cut = await startApp({ engineUrl: proxy.url });
  });
  afterEach(async () => {
    await cut.close();
    await proxy.close();
  });

  it('is cut in the middle of calls, they answer 503 and the next ones work again', async () => {
    const person = await register(cut);
    const requests = Array.from({ length: 6 }, () => person.browser.get('/api/session'));
    proxy.cut();
    for (const { status } of await Promise.all(requests)) expect([200, 503]).toContain(status);
    await expect.poll(async () => (await person.browser.get('/api/session')).status, { timeout: 10_000 }).toBe(200);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('is refused for a while, requests answer 503, and the app recovers without a restart', async () => {
    const person = await register(cut);
    await proxy.refuse();
    expect((await person.browser.get('/api/session')).status).toBe(503);
    expect((await cut.browser().get('/readyz')).status).toBe(503);
    await proxy.accept();
    await expect.poll(() => isSignedIn(person.browser).catch(() => false), { timeout: 10_000 }).toBe(true);
  });

  it('freezes, requests answer 503 by the deadline instead of waiting for ever', async () => {
    const person = await register(cut);
    proxy.freeze();
    const start = performance.now();
    const { status } = await person.browser.get('/api/session');
    const waited = performance.now() - start;
    expect(status).toBe(503);
    expect(waited).toBeGreaterThanOrEqual(ENGINE_DEADLINE_MS * 0.9);
    expect(waited).toBeLessThan(ENGINE_DEADLINE_MS * 3);
    proxy.thaw();
    await expect.poll(async () => (await person.browser.get('/api/session')).status, { timeout: 10_000 }).toBe(200);
  });
});
