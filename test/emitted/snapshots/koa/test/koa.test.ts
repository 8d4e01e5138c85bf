/** Where would Koa and its middleware, left alone, differ from what the app promises? */
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { parseTrustProxy } from '../src/protection/https.ts';
import { COOKIE_NAME, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { it, SECRET, startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { register, SIGN_IN_PATH, signedIn, signIn } from './support/fixtures.ts';
import { signedCookie } from './support/framework.ts';

describe('the session cookie', () => {
  it('is signed with HMAC-SHA-256, not with the SHA-1 that Keygrip takes unless told', async ({ app }) => {
    const { browser } = await register(app);
    const value = (await browser.cookie()) ?? '';
    expect(value).toBe(signedCookie(idIn(value), SECRET));
  });

  it('is one: its signature does not travel in a second cookie', async ({ app }) => {
    const { cookies } = await signIn(app.browser(), await register(app));
    expect(cookies.filter((line) => line.startsWith(COOKIE_NAME))).toHaveLength(1);
  });

  it('does not come with an error, even when its session had begun already', async ({ app }) => {
    const person = await register(app);
    app.faults.fail('sessions.listByUser'); // a step after the new session is stored
    const { status, cookies } = await signIn(app.browser(), person);
    app.faults.clear();
    expect([status, cookies]).toEqual([503, []]);
  });

  it('is not sent again by a rotated secret, which would have to repeat every attribute', async ({ app, start }) => {
    const { browser } = await register(app);
    const rotated = await start({ config: { secrets: ['the next secret of a test, long enough', SECRET] } });
    const headers = { cookie: `${COOKIE_NAME}=${await browser.cookie()}` };
    const { body, cookies } = await rotated.browser().get('/api/session', { headers });
    expect([body.authenticated, cookies]).toEqual([true, []]);
  });
});

describe('X-Forwarded-For', () => {
  it.for([
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1,203.0.113.7', '203.0.113.7'],
    ['127.0.0.1, 203.0.113.0/24', ' 198.51.100.1 , 203.0.113.7', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1, nonsense', 'nonsense'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['', '198.51.100.1', '127.0.0.1'],
  ])(
    'where the first is trusted, the second is read from the right: %j',
    async ([trusted, forwarded, expected], { start }) => {
      const app = await start({ config: { trustProxy: parseTrustProxy(trusted) } });
      await app.browser().get('/livez', { headers: { 'x-forwarded-for': forwarded } });
      await expect.poll(() => app.log().at(-1)?.ip).toBe(expected);
    },
  );
});

describe('a body', () => {
  it('that is not JSON is not logged: the parser notes it in its error, with a password or a code', async ({ app }) => {
    const { status } = await app.browser().post(SIGN_IN_PATH, '{"query":"not-for-the-log"');
    expect(status).toBe(400);
    expect(app.logText()).not.toContain('not-for-the-log');
  });

  it('is read with DELETE too, so that the limits hold there', async ({ app }) => {
    const { browser } = await signedIn(app);
    expect((await browser.delete('/api/sessions', { body: '{' })).status).toBe(400);
    expect((await browser.delete('/api/sessions', { body: { x: 'x'.repeat(MAX_BODY_BYTES) } })).status).toBe(413);
  });
});

describe.skipIf(!existsSync('public'))('a page', () => {
  const directory = mkdtempSync(join(tmpdir(), 'koa-pages-'));
  let pages: TestApp;
  beforeAll(async () => {
    writeFileSync(join(directory, 'large.html'), '');
    truncateSync(join(directory, 'large.html'), 64 * 1024 * 1024);
    pages = await startApp({ config: { publicDirectory: directory } });
  });
  afterAll(async () => {
    await pages.close();
    rmSync(directory, { recursive: true });
  });

  it('that the browser has is not sent again', async () => {
    const { headers } = await pages.browser().send('HEAD', '/large');
    const known = { 'if-modified-since': headers['last-modified'] };
    const { status, text } = await pages.browser().get('/large', { headers: known });
    expect([status, text]).toEqual([304, '']);
  });

  it('that a client does not wait for is noted in the log, and nowhere else', async () => {
    const console = vi.spyOn(globalThis.console, 'error');
    const leaving = request(new URL('/large', pages.origin), { ca: pages.ca });
    leaving.on('response', () => leaving.destroy()).on('error', () => {});
    leaving.end();
    await expect.poll(() => pages.logText()).toContain('an answer was cut off');
    expect(console).not.toHaveBeenCalled();
    console.mockRestore();
  });
});
