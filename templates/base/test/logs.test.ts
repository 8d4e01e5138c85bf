import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { ACCOUNT_AND_ADDRESS_LIMIT } from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { SECRET, startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { logIn, newPerson, PASSWORD, register } from './support/people.ts';

let app: TestApp;
const secrets: string[] = [SECRET, PASSWORD];

/** Everything a user does, and the cookies it went by. */
beforeAll(async () => {
  app = await startApp();
  const person = newPerson();
  const browser = app.browser();
  const remember = async () => {
    const cookie = (await browser.cookie()) ?? '';
    secrets.push(cookie, decodeURIComponent(cookie), idIn(cookie), keyOf(idIn(cookie)));
  };
  await browser.put('/api/cart', { items: [] });
  await remember();
  await browser.post('/api/auth/register', person);
  await remember();
  await browser.post('/api/auth/reauthenticate', { password: 'a wrong guess at it' });
  await browser.post('/api/auth/reauthenticate', person);
  await remember();
  await browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} again` });
  await remember();
  await browser.get(`/api/session?password=${encodeURIComponent(PASSWORD)}`);
  await browser.post('/api/auth/logout');
  await browser.post('/api/auth/login', person);
  await browser.post('/api/auth/login', { ...person, password: `${PASSWORD} again` });
  await remember();
  app.faults.fail('sessions.read');
  await browser.get('/api/session');
  app.faults.clear();
  await browser.delete('/api/sessions');
  const guess = () =>
    app.browser(browser.address).post('/api/auth/login', { ...person, password: 'a wrong guess at it' });
  for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) await guess();
  app.clock.now += 365 * 24 * 60 * 60 * 1000;
  await browser.get('/api/session');

  const leaving = await register(app);
  await logIn(app, leaving);
  await leaving.browser.delete('/api/account');
  const disabled = await register(app);
  await app.users.disable(disabled.id);
  await disabled.browser.get('/api/session');
});
afterAll(() => app.close());

describe('the log of a whole flow', () => {
  it('holds no session id, no hash of one, no cookie, no password and no secret', () => {
    const text = app.logText();
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
    expect(text).not.toContain('a wrong guess at it');
    expect(text).not.toContain('$argon2id');
  });

  it.each([
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
    'sys_engine_unavailable',
  ])('has the event %s', (event) => {
    expect(app.log().map((line) => line.event)).toContain(event);
  });

  it('says of each sign-in, good or bad, when, from where and who', () => {
    const lines = app.log().filter(({ event }) => /^authn_login_(success|fail)$/.test(event));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(Date.parse(line.time)).not.toBeNaN();
      expect(line).toMatchObject({ ip: expect.stringMatching(/^10\./), user: expect.any(String) });
    }
  });

  it('says which session an event is of, by its handle', () => {
    const events = app.log().filter(({ event = '' }) => /^session_(created|renewed|logout|expired)$/.test(event));
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(event).toMatchObject({ session: expect.stringMatching(/^[\w-]{22}$/) });
  });

  it('says of each revocation how many sessions it ended', () => {
    const revoked = app.log().filter(({ event }) => event === 'session_revoked');
    expect(revoked.map(({ ended }) => ended)).toEqual([0, 2]);
  });

  it('names requests without their query', () => {
    const requests = app.log().filter(({ msg }) => msg === 'request');
    expect(requests.length).toBeGreaterThan(8);
    for (const { path } of requests) expect(path).toMatch(/^\/api\/[a-z/]+$/);
  });
});

describe('a whole request or answer that is logged by mistake', () => {
  it('leaves its cookies and passwords out', () => {
    const lines: string[] = [];
    const log = createLog({ write: (line: string) => void lines.push(line) });
    const headers = { cookie: 'secret-1', authorization: 'secret-2', 'set-cookie': ['secret-3'] };
    const body = { password: 'secret-4', currentPassword: 'secret-5', newPassword: 'secret-6' };
    log.info({ ...headers, ...body }, 'flat');
    log.info({ headers, body, request: { headers, body }, req: { headers, body }, res: { headers } }, 'nested');
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('secret-');
  });
});
