/** What happens when the engine comes late, goes silent or freezes. For connections that break see alone/. */
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { EngineUnavailable } from '../src/deadline.ts';
import { connectEngine, type Engine } from '../src/engine.ts';
import { createLog } from '../src/log.ts';
import { ENGINE_DEADLINE_MS } from '../src/security-policy.ts';
import { startApp } from './support/app.ts';
import { EngineProxy } from './support/engine-proxy.ts';
import { register } from './support/people.ts';

const HAS_ENGINE = inject('engineUrl') !== null;

/** Between the test and the engine, until the test has finished. */
async function newProxy({ onTestFinished }: TestContext): Promise<EngineProxy> {
  const proxy = await EngineProxy.before(inject('engineUrl') ?? '');
  onTestFinished(() => proxy.close());
  return proxy;
}

const connect = (proxy: EngineProxy) => connectEngine(proxy.url, createLog({ write: () => {} }));
const answers = (engine: Engine) =>
  engine.ping().then(
    () => true,
    () => false,
  );

// Side by side, as they wait for deadlines.
describe.skipIf(!HAS_ENGINE).concurrent('the connection', () => {
  it('is made when the engine comes, where it was not there at the start', async (context) => {
    const proxy = await newProxy(context);
    await proxy.refuse();
    const engine = connect(proxy);
    await expect(engine.ping()).rejects.toThrow(EngineUnavailable);
    await proxy.accept();
    await context.expect.poll(() => answers(engine), { timeout: 8000 }).toBe(true);
    await engine.close();
  });

  it('is made anew when its peer is gone without a word, however busy it is', async (context) => {
    const proxy = await newProxy(context);
    const engine = connect(proxy);
    await Promise.all(Array.from({ length: 20 }, () => engine.ping())); // as many connections as a pool may have
    proxy.strand();
    const busy = setInterval(() => answers(engine), 50);
    context.onTestFinished(() => clearInterval(busy));
    await context.expect.poll(() => answers(engine), { timeout: 12_000 }).toBe(true);
    clearInterval(busy);
    await engine.close();
  });

  it('is given up at once, whatever it is doing', async (context) => {
    const proxy = await newProxy(context);
    const unconnected = connect(proxy);
    await unconnected.close();
    await expect(unconnected.ping()).rejects.toThrow(EngineUnavailable);
    const engine = connect(proxy);
    await engine.ping();
    proxy.freeze();
    const pending = answers(engine);
    const late = new Promise((wait) => setTimeout(wait, 2 * ENGINE_DEADLINE_MS, 'late'));
    expect(await Promise.race([engine.close().then(() => 'closed'), late])).toBe('closed');
    expect(await pending).toBe(false);
  });

  it('freezes, and requests answer 503 by the deadline instead of waiting for ever', async (context) => {
    const proxy = await newProxy(context);
    const app = await startApp({ engineUrl: proxy.url });
    context.onTestFinished(() => app.close());
    const { browser } = await register(app);
    proxy.freeze();
    const start = performance.now();
    const { status } = await browser.get('/api/session');
    const waited = performance.now() - start;
    expect(status).toBe(503);
    expect(waited).toBeGreaterThanOrEqual(ENGINE_DEADLINE_MS * 0.9);
    expect(waited).toBeLessThan(ENGINE_DEADLINE_MS * 3);
    proxy.thaw();
    await context.expect.poll(async () => (await browser.get('/api/session')).status, { timeout: 10_000 }).toBe(200);
  });
});
