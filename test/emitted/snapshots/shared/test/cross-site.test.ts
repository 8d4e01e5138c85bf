import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKIE_NAME } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';
import { isSignedIn, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const OWN = 'own';
const EVIL = 'https://evil.example';

interface Sent {
  site?: string;
  origin?: string;
  cookie?: string;
  /** Other cookies, in front of the session's. */
  before?: string;
}

/** A request with exactly these headers, as some client sends it. */
function send(method: string, { site, origin, cookie, before = '' }: Sent) {
  return exchange(new URL('/api/auth/logout', app.origin), {
    method,
    ca: app.ca,
    headers: {
      ...(site !== undefined && { 'sec-fetch-site': site }),
      ...(origin !== undefined && { origin: origin === OWN ? app.origin : origin }),
      ...(cookie && { cookie: `${before}${COOKIE_NAME}=${cookie}` }),
    },
  });
}

describe('a request that may change something', () => {
  const rows = ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].flatMap((method) => [
    { method, site: 'same-origin', origin: OWN, allowed: true },
    { method, site: 'same-origin', origin: undefined, allowed: true },
    { method, site: 'same-origin', origin: 'null', allowed: true },
    { method, site: 'none', origin: undefined, allowed: true },
    { method, site: 'same-site', origin: 'https://sub.localhost', allowed: false },
    { method, site: 'same-site', origin: OWN, allowed: false },
    { method, site: 'cross-site', origin: EVIL, allowed: false },
    { method, site: 'cross-site', origin: OWN, allowed: false },
    { method, site: '', origin: OWN, allowed: false },
    { method, site: 'SAME-ORIGIN', origin: undefined, allowed: false },
    { method, site: undefined, origin: OWN, allowed: true },
    { method, site: undefined, origin: EVIL, allowed: false },
    { method, site: undefined, origin: 'null', allowed: false },
    { method, site: undefined, origin: 'http://localhost', allowed: false },
    { method, site: undefined, origin: '', allowed: false },
  ]);

  it.each(rows)(
    '$method, Sec-Fetch-Site $site, Origin $origin: allowed $allowed',
    async ({ method, site, origin, allowed }) => {
      for (const cookie of [undefined, 'any']) {
        const { status, body } = await send(method, { site, origin, cookie });
        if (allowed) expect(body?.error?.code).not.toBe('cross_site');
        else expect([status, body.error.code]).toEqual([403, 'cross_site']);
      }
    },
  );

  it('passes without either header only when no session cookie comes with it', async () => {
    expect((await send('POST', {})).status).toBe(204);
    expect((await send('POST', { cookie: 'any' })).status).toBe(403);
    expect((await send('POST', { cookie: 'any', before: 'theme=dark; ' })).status).toBe(403);
  });

  it('is not taken for an own one because the origin begins or ends alike', async () => {
    for (const origin of [
      `${app.origin}.evil.example`,
      `${app.origin}0`,
      'https://evil-localhost',
      app.origin.toUpperCase(),
    ]) {
      expect((await send('POST', { origin })).status).toBe(403);
    }
  });
});

describe('reading', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('%s is open to links from other sites', async (method) => {
    const { status } = await send(method, { site: 'cross-site', origin: EVIL, cookie: 'any' });
    expect(status).not.toBe(403);
  });

  it('is never allowed to another origin with credentials (CORS)', async () => {
    const { browser } = await register(app);
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await browser.send(method, '/api/session', {
        headers: { origin: EVIL, 'sec-fetch-site': 'cross-site', 'access-control-request-method': 'POST' },
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

describe('a form on another site', () => {
  it.each([
    'text/plain',
    'text/plain; x=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('cannot send %s, not even from this origin', async (type) => {
    const { browser } = await register(app);
    const { status, body } = await browser.put('/api/cart', '{"items":[]}', { headers: { 'content-type': type } });
    expect(status).toBe(415);
    expect(body.error.code).toBe('unsupported_media_type');
  });

  it('cannot hide its type by sending the body in pieces', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    const url = new URL('/api/cart', app.origin);
    expect((await exchange(url, { method: 'PUT', ca: app.ca, headers }, '{"items":[]}')).status).toBe(415);
  });

  it('cannot sign anybody out', async () => {
    const { browser } = await register(app);
    const headers = { origin: EVIL, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
    expect((await browser.post('/api/auth/logout', 'x=1', { headers })).status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
