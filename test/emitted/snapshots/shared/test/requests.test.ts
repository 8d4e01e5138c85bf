/**
 * Which requests change nothing? Those that another site causes, and those with input that no form of ours sends: they
 * are refused before they reach a route or the database.
 */
import { describe, expect } from 'vitest';
import { COOKIE_NAME, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { it, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';
import { isSignedIn, newPerson, PASSWORD, SIGN_IN_PATH, signedIn } from './support/fixtures.ts';

const OWN = 'own';
const EVIL = 'https://evil.example';

interface Sent {
  site?: string;
  origin?: string;
  cookie?: string;
}

/** A request with exactly these headers, as some client sends it. */
function send(app: TestApp, method: string, { site, origin, cookie }: Sent) {
  return exchange(new URL('/api/auth/logout', app.origin), {
    method,
    ca: app.ca,
    headers: {
      ...(site !== undefined && { 'sec-fetch-site': site }),
      ...(origin !== undefined && { origin: origin === OWN ? app.origin : origin }),
      ...(cookie && { cookie }),
    },
  });
}

const COOKIE = `${COOKIE_NAME}=any`;

describe('a request that may change something', () => {
  const rows = ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].flatMap((method) => [
    { method, site: 'same-origin', origin: OWN, allowed: true },
    { method, site: 'same-origin', origin: undefined, allowed: true },
    { method, site: 'none', origin: undefined, allowed: true },
    { method, site: undefined, origin: OWN, allowed: true },
    { method, site: 'same-origin', origin: EVIL, allowed: false },
    { method, site: 'same-origin', origin: 'null', allowed: false },
    { method, site: 'none', origin: EVIL, allowed: false },
    { method, site: 'same-site', origin: 'https://sub.localhost', allowed: false },
    { method, site: 'same-site', origin: OWN, allowed: false },
    { method, site: 'cross-site', origin: EVIL, allowed: false },
    { method, site: 'cross-site', origin: OWN, allowed: false },
    { method, site: 'cross-site', origin: undefined, allowed: false },
    { method, site: '', origin: OWN, allowed: false },
    { method, site: 'SAME-ORIGIN', origin: undefined, allowed: false },
    { method, site: undefined, origin: EVIL, allowed: false },
    { method, site: undefined, origin: 'null', allowed: false },
    { method, site: undefined, origin: 'http://localhost', allowed: false },
    { method, site: undefined, origin: '', allowed: false },
  ]);

  it.for(rows)(
    '$method, Sec-Fetch-Site $site, Origin $origin: allowed $allowed',
    async ({ method, site, origin, allowed }, { app }) => {
      for (const cookie of [undefined, COOKIE]) {
        const { status, code } = await send(app, method, { site, origin, cookie });
        if (allowed) expect(code).not.toBe('cross_site');
        else expect([status, code]).toEqual([403, 'cross_site']);
      }
    },
  );

  it('cannot be made to look like another one by what its client may write', async ({ app }) => {
    const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'].map((name) => [name, 'GET']);
    const own = { referer: `${app.origin}/login`, 'x-requested-with': 'XMLHttpRequest', host: new URL(EVIL).host };
    for (const site of [{ 'sec-fetch-site': 'cross-site' }, {}]) {
      const headers = { origin: EVIL, ...own, ...site, ...Object.fromEntries(overrides) };
      const options = { method: 'POST', ca: app.ca, servername: 'localhost', headers };
      const { code } = await exchange(new URL('/api/auth/logout?_method=GET', app.origin), options);
      expect(code).toBe('cross_site');
    }
  });

  it('passes without either header only when no session cookie comes with it', async ({ app }) => {
    expect((await send(app, 'POST', {})).status).toBe(204);
    expect((await send(app, 'POST', { cookie: 'theme=dark' })).status).toBe(204);
    for (const cookie of [COOKIE, `theme=dark; ${COOKIE}`, `theme=dark;${COOKIE}`]) {
      expect((await send(app, 'POST', { cookie })).status).toBe(403);
    }
  });

  it('is not the own one because its origin begins or ends alike', async ({ app }) => {
    const alike = [`${app.origin}.evil.example`, `${app.origin}0`, 'https://evil-localhost', app.origin.toUpperCase()];
    for (const origin of alike) expect((await send(app, 'POST', { origin })).status).toBe(403);
  });

  it('is logged with its origin when it is refused', async ({ app }) => {
    const origin = 'https://logged.example';
    await send(app, 'POST', { origin });
    expect(app.log()).toContainEqual(expect.objectContaining({ event: 'cross_site_refused', origin }));
  });
});

describe('reading', () => {
  it.for(['GET', 'HEAD', 'OPTIONS'])('%s is open to links from other sites', async (method, { app }) => {
    const { status } = await send(app, method, { site: 'cross-site', origin: EVIL, cookie: COOKIE });
    expect(status).not.toBe(403);
  });

  it('is never allowed to another origin with credentials (CORS)', async ({ app }) => {
    const { browser } = await signedIn(app);
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await browser.send(method, '/api/session', {
        headers: { origin: EVIL, 'sec-fetch-site': 'cross-site', 'access-control-request-method': 'POST' },
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

describe('a form on another site', () => {
  it.for([
    'text/plain',
    'text/plain; x=application/json',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('cannot send %s, not even from this origin', async (type, { app }) => {
    const headers = { 'content-type': type };
    const answer = await app.browser().post(SIGN_IN_PATH, '{"email":"a@b"}', { headers });
    expect(answer).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('cannot hide its type by sending the body in pieces', async ({ app }) => {
    const headers = { origin: app.origin, 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    const url = new URL(SIGN_IN_PATH, app.origin);
    expect((await exchange(url, { method: 'POST', ca: app.ca, headers }, '{"email":"a@b"}')).status).toBe(415);
  });

  it('cannot sign anybody out', async ({ app }) => {
    const { browser } = await signedIn(app);
    const headers = { origin: EVIL, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
    expect((await browser.post('/api/auth/logout', 'x=1', { headers })).status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a body', () => {
  it.for(['{', '"', 'undefined', '{"email":', '[1,', '\0'])('that is not JSON is a 400: %j', async (text, { app }) => {
    const { status, code } = await app.browser().post(SIGN_IN_PATH, text);
    expect(status).toBe(400);
    expect(['invalid_json', 'invalid_input']).toContain(code);
  });

  it('that is not UTF-8 is a 400', async ({ app }) => {
    const bytes = Buffer.from('{"email":"a@example.test","password":"\xff"}', 'latin1');
    expect(await app.browser().post(SIGN_IN_PATH, bytes)).toMatchObject({ status: 400, code: 'invalid_json' });
  });

  it('that is too large is a 413', async ({ app }) => {
    expect(MAX_BODY_BYTES).toBeLessThanOrEqual(100 * 1024);
    const answer = await app.browser().post(SIGN_IN_PATH, { email: 'x'.repeat(MAX_BODY_BYTES) });
    expect(answer).toMatchObject({ status: 413, code: 'too_large' });
  });

  it.for(['bogus', 'gzip', 'deflate', 'br'])('that is compressed is refused: %s', async (encoding, { app }) => {
    const headers = { 'content-encoding': encoding };
    const { status } = await app.browser().post(SIGN_IN_PATH, { email: 'a@b', password: 'x' }, { headers });
    expect(status).toBe(415);
  });

  it.for([null, 1, 'text', [], [[]], {}, { email: {} }])('of another shape is a 400: %j', async (body, { app }) => {
    const answer = await app.browser().post(SIGN_IN_PATH, JSON.stringify(body));
    expect([answer.status, answer.cookies]).toEqual([400, []]);
  });

  it.for(['APPLICATION/JSON', 'application/json ; charset=utf-8'])('is JSON as %s too', async (type, { app }) => {
    const { code } = await app.browser().post(SIGN_IN_PATH, '{}', { headers: { 'content-type': type } });
    expect(code).toBe('invalid_input');
  });

  it('that is empty is none, whatever type it claims to have', async ({ app }) => {
    const { browser } = await signedIn(app);
    const headers = { 'content-type': 'application/json' };
    expect((await browser.delete('/api/sessions', { headers })).status).toBe(200);
    expect((await browser.post('/api/auth/logout', '', { headers })).status).toBe(204);
  });

  it('with __proto__, constructor or unknown keys changes nothing by them', async ({ app }) => {
    const { email } = newPerson();
    const text = `{"email":"${email}","password":"${PASSWORD}","isAdmin":true,"id":"mine","credentialVersion":99,
      "__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    const { status, body } = await app.browser().post('/api/auth/register', text);
    expect(status).toBe(201);
    expect(body.user.id).not.toBe('mine');
    expect((await app.records.users.findByEmail(email))?.credentialVersion).toBe(1);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('an email address', () => {
  const LONG = `${'a'.repeat(300)}@b`;
  const strange = [{ $ne: null }, ['a@b'], 1, null, '', 'nobody', 'a@b\0', 'a b@c', 'a@\u200b', '@', 'a@\ud800', LONG];
  it.for(strange)('that is none never reaches the database: %j', async (email, { app }) => {
    for (const path of ['/api/auth/login', '/api/auth/register']) {
      const calls = await app.faults.callsOf(async () => {
        const answer = await app.browser().post(path, { email, password: PASSWORD });
        expect(answer).toMatchObject({ status: 400, code: 'invalid_input' });
      });
      expect(calls).toEqual([]);
    }
  });

  it('is never repeated in an error', async ({ app }) => {
    const { text } = await app.browser().post(SIGN_IN_PATH, { email: 'nobody here', password: PASSWORD });
    expect(text).not.toContain('nobody here');
  });
});

describe('a password', () => {
  it.for([{ $gt: '' }, ['x'], 1, null, '', undefined])('that is no text is a 400: %j', async (password, { app }) => {
    const { email } = newPerson();
    expect((await app.browser().post(SIGN_IN_PATH, { email, password })).status).toBe(400);
  });
});

describe('a path', () => {
  it.for(['/%', '/%00', '/api/%00', '/api/sessions/%c0%ae', '/..%2f..%2f.env', '/.env', '/%2e%2e/.env'])(
    'that leads nowhere is a 400, 401 or 404 without details: %s',
    async (path, { app }) => {
      const { status, text } = await app.browser().get(path);
      expect([400, 401, 404]).toContain(status);
      expect(text).not.toMatch(/SESSION_SECRETS|node_modules|at .*:\d+/);
    },
  );

  it.for(['TRACE', 'PROPFIND', 'PATCH'])('is not open to the method %s', async (method, { app }) => {
    const { browser } = await signedIn(app);
    const { status } = await browser.send(method, '/api/session');
    expect([400, 404, 405, 501]).toContain(status);
  });
});
