/** Where Koa and its middleware differ from what the app promises. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EngineUnavailable } from '../src/deadline.ts';
import { errorHandler } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { COOKIE_NAME, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { sessionMiddleware } from '../src/session/middleware.ts';
import { startSession } from '../src/session/rotation.ts';
import { SessionStore } from '../src/session/store.ts';
import { parseTrustProxy } from '../src/trust-proxy.ts';
import { SECRET, startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { signedCookie } from './support/cookie-format.ts';
import { isSignedIn, newPerson, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('the session cookie', () => {
  it('is signed with HMAC-SHA-256, not with the SHA-1 that Keygrip takes unless told', async () => {
    const { browser } = await register(app);
    const value = (await browser.cookie()) ?? '';
    expect(value).toBe(signedCookie(idIn(value), SECRET));
  });

  it('is one: its signature does not travel in a second cookie', async () => {
    const { cookies } = await app.browser().post('/api/auth/register', newPerson());
    expect(cookies).toHaveLength(1);
  });

  it('does not come with an error, even when its session had begun already', async () => {
    const koa = new Koa();
    koa.use(errorHandler(createLog({ write() {} })));
    koa.use(sessionMiddleware(new SessionStore(app.records, Date.now, createLog()), [SECRET]));
    koa.use(async (ctx) => {
      const time = Date.now();
      await startSession(ctx, { createdAt: time, renewedAt: time, client: { ip: '', userAgent: '' } });
      if (ctx.path === '/fails') throw new EngineUnavailable('a later call', new Error('failed by a test'));
      ctx.status = 204;
    });
    const server = koa.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [good, bad] = await Promise.all(['good', 'fails'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`)));
    server.close();
    expect([good?.status, good?.headers.getSetCookie().length]).toEqual([204, 1]);
    expect([bad?.status, bad?.headers.getSetCookie().length]).toEqual([503, 0]);
  });

  it('is not sent again by a rotated secret, which would have to repeat every attribute', async () => {
    const { browser } = await register(app);
    const rotated = await startApp({ config: { secrets: ['the next secret of a test, long enough', SECRET] } });
    try {
      const headers = { cookie: `${COOKIE_NAME}=${await browser.cookie()}` };
      const { body, cookies } = await rotated.browser().get('/api/session', { headers });
      expect(body.authenticated).toBe(true);
      expect(cookies).toEqual([]);
    } finally {
      await rotated.close();
    }
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1,203.0.113.7', '203.0.113.7'],
    ['127.0.0.1, 203.0.113.0/24', ' 198.51.100.1 , 203.0.113.7', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1, nonsense', 'nonsense'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['', '198.51.100.1', '127.0.0.1'],
  ])('where %j is trusted, %j is read from the right', async (trusted, forwarded, expected) => {
    const own = await startApp({ config: { trustProxy: parseTrustProxy(trusted) } });
    try {
      await own.browser().get('/livez', { headers: { 'x-forwarded-for': forwarded } });
      await expect.poll(() => own.log().at(-1)?.ip).toBe(expected);
    } finally {
      await own.close();
    }
  });
});

describe('a body', () => {
  it('that is not JSON is not logged: the parser notes it in its error, with the password', async () => {
    const { status } = await app.browser().post('/api/auth/login', `{"password":"${PASSWORD}"`);
    expect(status).toBe(400);
    expect(app.logText()).not.toContain(PASSWORD);
  });

  it("that cannot be unpacked is the sender's fault, on the one route that takes compressed ones", async () => {
    const headers = { 'content-type': 'application/csp-report', 'content-encoding': 'gzip' };
    expect((await app.browser().post('/csp-reports', 'no gzip at all', { headers })).status).toBe(400);
  });

  it('is read with DELETE too, so that the limits hold there', async () => {
    const { browser } = await register(app);
    expect((await browser.delete('/api/sessions', { body: '{' })).status).toBe(400);
    expect((await browser.delete('/api/sessions', { body: { x: 'x'.repeat(MAX_BODY_BYTES) } })).status).toBe(413);
  });
});

describe('the router', () => {
  it('answers OPTIONS with the methods there are, and changes nothing by it', async () => {
    const { browser } = await register(app);
    const { status, headers } = await browser.send('OPTIONS', '/api/auth/logout');
    expect([status, headers.allow]).toEqual([200, 'POST']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each(['GET', 'HEAD', 'PATCH', 'PROPFIND'])('knows no %s for a route of another method', async (method) => {
    expect((await app.browser().send(method, '/api/auth/logout')).status).toBe(404);
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

describe('a request that is hardly one', () => {
  it.each(['http://[', '//[', 'http://a:b/', '*', '/\\..\\', '?', 'http://localhost/api/session'])(
    'leaves the process as it was: GET %s',
    async (target) => {
      await new Promise<void>((resolve, reject) => {
        const { hostname, port } = new URL(app.origin);
        const socket = connect({ host: hostname, port: Number(port), ca: app.ca }, () => {
          socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
        });
        socket
          .on('error', reject)
          .on('close', () => resolve())
          .resume();
      });
      expect((await app.browser().get('/livez')).status).toBe(200);
    },
  );
});
