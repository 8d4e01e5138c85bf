/** What does a login or a registration make of the session that was there before? A new one, under a new id. */
import { describe, expect, vi } from 'vitest';
import { KEPT_AT_LOGIN, SESSION_ID_BYTES } from '../src/security-policy.ts';
import type { SessionContent } from '../src/session/content.ts';
import { newSessionId } from '../src/session/store.ts';
import { it, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import {
  browserWithSession,
  isSignedIn,
  logIn,
  newPerson,
  type Person,
  recordOf,
  signedIn,
  visitor,
} from './support/fixtures.ts';

interface WayIn {
  path: string;
  status: number;
  person: (app: TestApp) => Promise<Person>;
}

const WAYS_IN: WayIn[] = [
  { path: '/api/auth/register', status: 201, person: async () => newPerson() },
  { path: '/api/auth/login', status: 200, person: signedIn },
];

describe.each(WAYS_IN)('POST $path', ({ path, status, person }) => {
  it('signs the user in, and tells nothing but the id and the address', async ({ app }) => {
    const { email, password } = await person(app);
    const browser = app.browser();
    const answer = await browser.post(path, { email, password });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ user: { id: expect.any(String), email } });
    const { authenticated, user } = (await browser.get('/api/session')).body;
    expect([authenticated, user]).toEqual([true, answer.body.user]);
  });

  it('issues a new id, so an id planted before stays anonymous (session fixation)', async ({ app }) => {
    const { email, password } = await person(app);
    const attacker = await visitor(app);
    const browser = await attacker.copy();
    await browser.post(path, { email, password });
    expect(idIn(await browser.cookie())).not.toBe(idIn(await attacker.cookie()));
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
    expect(await recordOf(app, attacker)).toBeNull();
  });

  it('answers only when the database has the new session, and never for the old id on the way', async ({ app }) => {
    const { email, password } = await person(app);
    const attacker = await visitor(app);
    const browser = await attacker.copy();
    const insert = app.faults.holdNext('sessions.insert');
    let isAnswered = false;
    const answer = browser.post(path, { email, password }).finally(() => {
      isAnswered = true;
    });
    await Promise.race([insert.reached, answer]);
    const meanwhile = { isSignedIn: await isSignedIn(attacker), isAnswered };
    insert.release();
    expect((await answer).status).toBe(status);
    expect(meanwhile).toEqual({ isSignedIn: false, isAnswered: false });
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
  });
});

describe('POST /api/auth/login', () => {
  it('does and answers the same for an unknown user and a wrong password', async ({ app }) => {
    const { email } = await signedIn(app);
    const wrongLogin = async (address: string) => {
      const login = { email: address, password: 'not the password of anybody' };
      app.faults.calls.length = 0;
      const { status, text, code, cookies } = await app.browser().post('/api/auth/login', login);
      return { status, text, code, cookies, calls: [...app.faults.calls] };
    };
    const known = await wrongLogin(email);
    expect(known).toMatchObject({ status: 401, code: 'invalid_credentials', cookies: [] });
    expect(await wrongLogin(newPerson().email)).toEqual(known);
  });

  it('costs an unknown user the work of a whole hash, so it does not show who is registered', async ({ app }) => {
    const { email } = await signedIn(app);
    const workOf = async (address: string) => {
      const start = process.cpuUsage();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const login = app.services.accounts.authenticate(address, 'a wrong guess', app.browser().address, null);
        await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' });
      }
      return process.cpuUsage(start).user;
    };
    const known = await workOf(email);
    expect(await workOf(newPerson().email)).toBeGreaterThan(known / 3);
  });

  it('issues a new id to somebody who is signed in already, and ends the old one', async ({ app }) => {
    const person = await signedIn(app);
    const thief = await person.browser.copy();
    await logIn(app, person, person.browser);
    expect(await isSignedIn(person.browser)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
  });

  const gathered: Partial<SessionContent> = Object.fromEntries(KEPT_AT_LOGIN.map((name) => [name, []]));
  it.for([
    ['what the policy lists', 'a visitor'],
    ['nothing', 'another user'],
  ])('carries over %s from the session of %s, whatever else it holds', async ([kept, whose], { app }) => {
    const { id, ...person } = await signedIn(app);
    const user = { id: (await signedIn(app)).id, credentialVersion: 1 };
    const before = whose === 'a visitor' ? gathered : { ...gathered, user };
    const browser = await browserWithSession(app, { ...before, ...{ isAdmin: true } });
    app.clock.now += 1000; // the age of the session before must not count
    await logIn(app, person, browser);
    const [createdAt, renewedAt] = [app.clock.now, app.clock.now];
    const content = { user: { id, credentialVersion: 1 }, createdAt, renewedAt, client: expect.anything() };
    expect((await recordOf(app, browser))?.content).toEqual({ ...content, ...(kept !== 'nothing' && gathered) });
  });
});

describe('a session id', () => {
  it('is new at each login, and long', async ({ app }) => {
    const person = await signedIn(app);
    const browsers = await Promise.all([1, 2, 3, 4].map(() => logIn(app, person)));
    const ids = await Promise.all(browsers.map(async (browser) => idIn(await browser.cookie())));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(SESSION_ID_BYTES);
    expect(SESSION_ID_BYTES).toBeGreaterThanOrEqual(16);
  });

  it('repeats no part of another, even while the time and Math.random stand still', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    vi.spyOn(Date, 'now').mockReturnValue(0);
    const ids = Array.from({ length: 1000 }, newSessionId);
    vi.restoreAllMocks();
    for (let part = 0; part + 10 <= newSessionId().length; part += 8) {
      expect(new Set(ids.map((id) => id.slice(part, part + 10))).size).toBe(ids.length);
    }
  });
});
