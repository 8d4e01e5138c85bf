/** What happens to input that no form of ours sends? It is refused before it reaches the database. */
import { describe, expect } from 'vitest';
import { MAX_BODY_BYTES } from '../src/security-policy.ts';
import { it } from './support/app.ts';
import { newPerson, PASSWORD, signedIn } from './support/fixtures.ts';

describe('a body', () => {
  it.for(['{', '"', 'undefined', '{"email":', '[1,', '\0'])('that is not JSON is a 400: %j', async (text, { app }) => {
    const { status, body } = await app.browser().post('/api/auth/login', text);
    expect(status).toBe(400);
    expect(['invalid_json', 'invalid_input']).toContain(body?.error?.code);
  });

  it('that is too large is a 413', async ({ app }) => {
    expect(MAX_BODY_BYTES).toBeLessThanOrEqual(100 * 1024);
    const { status, body } = await app.browser().post('/api/auth/login', { email: 'x'.repeat(MAX_BODY_BYTES) });
    expect([status, body?.error?.code]).toEqual([413, 'too_large']);
  });

  it.for(['bogus', 'gzip', 'deflate', 'br'])('that is compressed is refused: %s', async (encoding, { app }) => {
    const headers = { 'content-encoding': encoding };
    const { status } = await app.browser().post('/api/auth/login', { email: 'a@b', password: 'x' }, { headers });
    expect(status).toBe(415);
  });

  it.for([null, 1, 'text', [], [[]], {}, { email: {} }])('of another shape is a 400: %j', async (body, { app }) => {
    const answer = await app.browser().post('/api/auth/register', JSON.stringify(body));
    expect([answer.status, answer.cookies]).toEqual([400, []]);
  });

  it.for(['APPLICATION/JSON', 'application/json ; charset=utf-8'])('is JSON as %s too', async (type, { app }) => {
    const { body } = await app.browser().post('/api/auth/login', '{}', { headers: { 'content-type': type } });
    expect(body?.error?.code).toBe('invalid_input');
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
        const { status, body } = await app.browser().post(path, { email, password: PASSWORD });
        expect([status, body?.error?.code]).toEqual([400, 'invalid_input']);
      });
      expect(calls).toEqual([]);
    }
  });

  it('is never repeated in an error', async ({ app }) => {
    const { text } = await app.browser().post('/api/auth/login', { email: 'nobody here', password: PASSWORD });
    expect(text).not.toContain('nobody here');
  });
});

describe('a password', () => {
  it.for([{ $gt: '' }, ['x'], 1, null, '', undefined])('that is no text is a 400: %j', async (password, { app }) => {
    const { email } = newPerson();
    expect((await app.browser().post('/api/auth/login', { email, password })).status).toBe(400);
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
