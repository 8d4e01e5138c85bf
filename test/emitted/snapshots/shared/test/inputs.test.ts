import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { newPerson, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('a body', () => {
  it.each(['{', '"', 'undefined', '{"email":', '[1,', '\0'])('that is not JSON is a 400: %j', async (text) => {
    const { status, body } = await app.browser().post('/api/auth/login', text);
    expect(status).toBe(400);
    expect(['invalid_json', 'invalid_input']).toContain(body.error.code);
  });

  it('that is too large is a 413', async () => {
    expect(MAX_BODY_BYTES).toBeLessThanOrEqual(100 * 1024);
    const { status, body } = await app.browser().post('/api/auth/login', { email: 'x'.repeat(MAX_BODY_BYTES) });
    expect(status).toBe(413);
    expect(body.error.code).toBe('too_large');
  });

  it('that is compressed in a way nobody asked for is refused', async () => {
    for (const encoding of ['bogus', 'gzip', 'deflate', 'br']) {
      const headers = { 'content-encoding': encoding };
      const { status } = await app.browser().post('/api/auth/login', { email: 'a@b', password: 'x' }, { headers });
      expect([encoding, status]).toEqual([encoding, 415]);
    }
  });

  it.each([null, 1, 'text', [], [[]], {}, { items: {} }, { items: [null] }, { items: [{ sku: {}, quantity: 1 }] }])(
    'of another shape is a 400: %j',
    async (body) => {
      const answer = await app.browser().put('/api/cart', JSON.stringify(body));
      expect(answer.status).toBe(400);
      expect(answer.cookies).toEqual([]);
    },
  );

  it.each(['APPLICATION/JSON', 'application/json ; charset=utf-8'])('is JSON when %s says so', async (type) => {
    const answer = await app.browser().put('/api/cart', '{"items":[]}', { headers: { 'content-type': type } });
    expect(answer.status).toBe(200);
  });

  it('that is empty is none, whatever type it claims to have', async () => {
    const { browser } = await register(app);
    const headers = { 'content-type': 'application/json' };
    expect((await browser.delete('/api/sessions', { headers })).status).toBe(200);
    expect((await browser.post('/api/auth/logout', '', { headers })).status).toBe(204);
  });

  it('with __proto__, constructor or unknown keys changes nothing by them', async () => {
    const { email } = newPerson();
    const text = `{"email":"${email}","password":"${PASSWORD}","isAdmin":true,"id":"mine","credentialVersion":99,
      "__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    const { status, body } = await app.browser().post('/api/auth/register', text);
    expect(status).toBe(201);
    expect(body.user.id).not.toBe('mine');
    expect((await app.users.findByEmail(email))?.credentialVersion).toBe(1);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  const strange = [
    { $ne: null },
    ['a@b'],
    1,
    null,
    '',
    'nobody',
    'a@b\0',
    'a b@c',
    '@',
    'a@\ud800',
    `${'a'.repeat(300)}@b`,
  ];
  it.each(strange)('that is none never reaches the engine: %j', async (email) => {
    for (const path of ['/api/auth/login', '/api/auth/register']) {
      app.faults.calls.length = 0;
      const { status, body } = await app.browser().post(path, { email, password: PASSWORD });
      expect([status, body.error.code]).toEqual([400, 'invalid_input']);
      expect(app.faults.calls).toEqual([]);
    }
  });

  it('is never repeated in an error', async () => {
    const { text } = await app.browser().post('/api/auth/login', { email: 'nobody here', password: PASSWORD });
    expect(text).not.toContain('nobody here');
  });
});

describe('a password', () => {
  it.each([{ $gt: '' }, ['x'], 1, null, '', undefined])('that is no text is a 400: %j', async (password) => {
    const { email } = await register(app);
    expect((await app.browser().post('/api/auth/login', { email, password })).status).toBe(400);
  });
});

describe('a path', () => {
  it.each([
    '/%',
    '/%00',
    '/api/%00',
    '/api/sessions/%c0%ae',
    '/..%2f..%2f.env',
    '/.env',
    '/%2e%2e/.env',
    '/api/nothing',
  ])('that leads nowhere is a 404 or 400 without details: %s', async (path) => {
    const { status, text } = await app.browser().get(path);
    expect([400, 401, 404]).toContain(status);
    expect(text).not.toMatch(/SESSION_SECRETS|node_modules|at .*:\d+/);
  });

  it.each(['TRACE', 'PROPFIND', 'PATCH'])('is not open to the method %s', async (method) => {
    const { status } = await app.browser().send(method, '/api/session');
    expect([400, 404, 405, 501]).toContain(status);
  });
});
