/** Does the log tell what happened, and nothing that opens a session? */
import { describe, expect } from 'vitest';
import { createLog } from '../src/log.ts';
import { ACCOUNT_AND_ADDRESS_LIMIT } from '../src/security-policy.ts';
import { handleOf, keyOf } from '../src/session/store.ts';
import { it, SECRET } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { logIn, newPerson, PASSWORD, register, signedIn, visitor } from './support/fixtures.ts';

const GUESS = 'a wrong guess at it';
const secrets: string[] = [SECRET, PASSWORD, GUESS, '$argon2id'];

/** Everything that a user does, and the cookies it took. */
it.beforeAll(async ({ app }) => {
  const person = newPerson();
  const next = { ...person, password: `${PASSWORD} again` };
  const browser = await visitor(app);
  const remember = async () => {
    const cookie = (await browser.cookie()) ?? '';
    secrets.push(cookie, decodeURIComponent(cookie), idIn(cookie), keyOf(idIn(cookie)));
  };
  await remember();
  await browser.post('/api/auth/register', person);
  await remember();
  await browser.post('/api/auth/reauthenticate', { password: GUESS });
  await browser.post('/api/auth/reauthenticate', person);
  await remember();
  await browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: next.password });
  await remember();
  await browser.get(`/api/session?password=${encodeURIComponent(PASSWORD)}`);
  await browser.post('/api/auth/logout');
  await browser.post('/api/auth/login', person);
  await browser.post('/api/auth/login', next);
  await remember();
  app.faults.fail('sessions.read');
  await browser.get('/api/session');
  app.faults.clear();
  await browser.delete('/api/sessions');
  const attacker = app.browser(browser.address);
  for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
    await attacker.post('/api/auth/login', { ...person, password: GUESS });
  }
  app.clock.now += 365 * 24 * 60 * 60 * 1000;
  await browser.get('/api/session');

  const leaving = await register(app);
  await logIn(app, leaving);
  await leaving.browser.delete('/api/account');
  const disabled = await signedIn(app);
  await app.records.users.disable(disabled.id);
  await disabled.browser.get('/api/session');
});

describe('the log', () => {
  it('holds no session id, no hash of one, no cookie, no password and no secret', ({ app }) => {
    const text = app.logText();
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  it.for([
    'user_created',
    'session_created',
    'authn_login_success',
    'authn_login_fail',
    'session_renewed',
    'authn_password_change',
    'session_logout',
    'session_revoked',
    'session_expired',
    'session_use_after_expire',
    'authn_login_throttled',
    'sys_database_unavailable',
  ])('has the event %s', (event, { app }) => {
    expect(app.log().map((line) => line.event)).toContain(event);
  });

  it('says of each sign-in, good or bad, when, from where and who', ({ app }) => {
    const lines = app.log().filter(({ event }) => /^authn_login_(success|fail)$/.test(event));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(Date.parse(line.time)).not.toBeNaN();
      expect(line).toMatchObject({ ip: expect.stringMatching(/^10\./), user: expect.any(String) });
    }
  });

  it('says which session an event is of, by its handle', ({ app }) => {
    const events = app.log().filter(({ event = '' }) => /^session_(created|renewed|logout|expired)$/.test(event));
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(event).toMatchObject({ session: expect.stringMatching(/^[\w-]{22}$/) });
  });

  it('says of each revocation how many sessions it ended', ({ app }) => {
    const revoked = app.log().filter(({ event }) => event === 'session_revoked');
    expect(revoked.map(({ ended }) => ended)).toEqual([0, 2]);
  });
});

describe('the line of a request', () => {
  it('names the path without its query', ({ app }) => {
    const requests = app.log().filter(({ msg }) => msg === 'request');
    expect(requests.length).toBeGreaterThan(8);
    for (const { path } of requests) expect(path).toMatch(/^\/api\/[a-z/-]+$/);
  });

  it('says when, from where, who, in which session, how it was answered, and has an id of its own', async ({ app }) => {
    const { browser, id } = await signedIn(app);
    const lines = () => app.log().filter(({ msg, ip }) => msg === 'request' && ip === browser.address);
    // A client cannot choose the id, or its requests would look like somebody else's.
    for (const path of ['/api/session', '/api/sessions'])
      await browser.get(path, { headers: { 'x-request-id': 'mine' } });
    await expect.poll(lines).toHaveLength(2);
    const session = handleOf(keyOf(idIn(await browser.cookie())));
    const line = { time: expect.any(String), method: 'GET', status: 200, user: id, session };
    expect(lines()).toMatchObject([
      { ...line, path: '/api/session' },
      { ...line, path: '/api/sessions' },
    ]);
    const ids = lines().map(({ reqId }) => reqId);
    expect(new Set([...ids, 'mine', undefined]).size).toBe(4);
  });
});

describe('a whole request or answer that is logged by mistake', () => {
  it('leaves out its cookies and passwords', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    const headers = { cookie: 'secret-1', authorization: 'secret-2', 'set-cookie': ['secret-3'] };
    const body = { password: 'secret-4', currentPassword: 'secret-5', newPassword: 'secret-6' };
    log.info({ ...headers, ...body }, 'flat');
    log.info({ headers, body, request: { headers, body }, req: { headers, body }, res: { headers } }, 'nested');
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('secret-');
  });
});
