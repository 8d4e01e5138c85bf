/** What happens when somebody who is signed in confirms or changes the password, and what needs that first? */
import { describe, expect } from 'vitest';
import { ABSOLUTE_TIMEOUT_MS, IDLE_TIMEOUT_MS, REAUTHENTICATION_WINDOW_MS } from '../src/security-policy.ts';
import type { SessionRequest } from '../src/session/http.ts';
import { it } from './support/app.ts';
import { browserWithSession, isSignedIn, logIn, PASSWORD, recordOf, signedIn } from './support/fixtures.ts';

const NEW_PASSWORD = 'another horse, another candle';
const CHANGE = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };

describe.each([
  {
    path: '/api/auth/reauthenticate',
    right: { password: PASSWORD },
    wrong: { password: 'wrong' },
    credentialVersion: 1,
  },
  { path: '/api/auth/password', right: CHANGE, wrong: { ...CHANGE, currentPassword: 'wrong' }, credentialVersion: 2 },
])('POST $path', ({ path, right, wrong, credentialVersion }) => {
  it('issues a new id and ends the old one', async ({ app }) => {
    const { browser } = await signedIn(app);
    const thief = await browser.copy();
    await browser.post(path, right);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await recordOf(app, thief)).toBeNull();
  });

  it('restarts all three clocks, and keeps what the session holds and the time of the sign-in', async ({ app }) => {
    const { id } = await signedIn(app);
    const browser = await browserWithSession(app, { user: { id, credentialVersion: 1 }, ...{ more: 'kept' } });
    const before = await recordOf(app, browser);
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    const { now } = app.clock;
    const answer = await browser.post(path, right);
    const content = { ...before?.content, user: { id, credentialVersion }, renewedAt: now };
    expect(await recordOf(app, browser)).toEqual({ content, lastSeenAt: now });
    const { body } = await browser.get('/api/session');
    expect(Date.parse(body.createdAt)).toBe(before?.content.createdAt);
    expect(Date.parse(body.idleExpiresAt)).toBe(now + IDLE_TIMEOUT_MS);
    expect(Date.parse(body.absoluteExpiresAt)).toBe(now + ABSOLUTE_TIMEOUT_MS);
    expect(Date.parse(body.reauthenticatedUntil)).toBe(now + REAUTHENTICATION_WINDOW_MS);
    if (answer.status !== 204) expect(answer.body.reauthenticatedUntil).toBe(body.reauthenticatedUntil);
  });

  it('refuses a wrong password and leaves the session as it was', async ({ app }) => {
    const { browser } = await signedIn(app);
    const before = await browser.cookie();
    expect(await browser.post(path, wrong)).toMatchObject({ status: 401, code: 'invalid_credentials', cookies: [] });
    expect(await browser.cookie()).toBe(before);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('counts as activity even with a wrong password', async ({ app }) => {
    const { browser } = await signedIn(app);
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    expect((await browser.post(path, wrong)).status).toBe(401);
    expect((await recordOf(app, browser))?.lastSeenAt).toBe(app.clock.now);
  });
});

describe('what an unattended browser must not allow', () => {
  it.for([
    ['DELETE', '/api/account'],
    ['DELETE', '/api/sessions'],
    ['DELETE', '/api/sessions/some-handle'],
  ] as const)('%s %s asks for the password again once the window has closed', async ([method, path], { app }) => {
    const { browser } = await signedIn(app);
    app.clock.now += REAUTHENTICATION_WINDOW_MS;
    expect(await browser.send(method, path)).toMatchObject({ status: 403, code: 'reauthentication_required' });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is refused to a visitor by this guard alone, should a route not ask for a login first', ({ app }) => {
    const guard = () => app.services.lifecycle.requireRecentLogin({} as SessionRequest);
    expect(guard).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});

describe('POST /api/auth/password', () => {
  it('lets the new password in, and no longer the old one', async ({ app }) => {
    const person = await signedIn(app);
    expect((await person.browser.post('/api/auth/password', CHANGE)).status).toBe(204);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(401);
    await logIn(app, { ...person, password: NEW_PASSWORD });
  });

  it('ends every other session of the user, and removes their records', async ({ app }) => {
    const person = await signedIn(app);
    const others = [await logIn(app, person), await logIn(app, person)];
    const stranger = await signedIn(app);
    await person.browser.post('/api/auth/password', CHANGE);
    expect(await isSignedIn(stranger.browser)).toBe(true);
    for (const other of others) {
      expect(await isSignedIn(other)).toBe(false);
      expect(await recordOf(app, other)).toBeNull();
    }
    expect(await app.records.sessions.listByUser(person.id)).toHaveLength(1);
  });

  it('needs the current password, and a new one that follows the rules', async ({ app }) => {
    const { browser, email } = await signedIn(app);
    expect((await browser.post('/api/auth/password', { newPassword: NEW_PASSWORD })).status).toBe(400);
    for (const newPassword of ['short', email]) {
      const answer = await browser.post('/api/auth/password', { ...CHANGE, newPassword });
      expect(answer, newPassword).toMatchObject({ status: 400, code: 'invalid_input' });
      expect(answer.text).toContain('newPassword');
    }
  });

  it('makes a login with the old password, finished after the change, dead on arrival', async ({ app }) => {
    const person = await signedIn(app);
    const insert = app.faults.holdNext('sessions.insert');
    const attacker = app.browser();
    const login = attacker.post('/api/auth/login', person); // its password is verified, its session not yet made
    await Promise.race([insert.reached, login]);
    const { status } = await person.browser.post('/api/auth/password', CHANGE);
    insert.release();
    await login;
    expect(status).toBe(204);
    expect(await isSignedIn(attacker)).toBe(false);
    expect((await attacker.get('/api/sessions')).status).toBe(401);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('is not interrupted by another request of that browser', async ({ app }) => {
    const person = await signedIn(app);
    const tab = await person.browser.copy();
    const remove = app.faults.holdNext('sessions.remove'); // the new password counts, the old session is still there
    const change = person.browser.post('/api/auth/password', CHANGE);
    await Promise.race([remove.reached, change]);
    const isTabSignedIn = await isSignedIn(tab);
    remove.release();
    expect((await change).status).toBe(204);
    expect(isTabSignedIn).toBe(false);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it.for([
    ['throttle.refund', 'another change'],
    ['users.changePassword', 'another change'],
    ['users.changePassword', 'a revocation'],
  ] as const)('that is slow from %s on fails after %s', async ([call, event], { app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    const slow = app.faults.holdNext(call); // its current password is verified
    const change = person.browser.post('/api/auth/password', CHANGE);
    await Promise.race([slow.reached, change]);
    const newPassword = `${NEW_PASSWORD} 2`;
    if (event === 'a revocation') await app.records.users.raiseCredentialVersion(person.id);
    else await other.post('/api/auth/password', { ...CHANGE, newPassword });
    slow.release();
    expect((await change).status).toBe(401);
    const password = event === 'a revocation' ? PASSWORD : newPassword;
    expect((await app.browser().post('/api/auth/login', { ...person, password })).status).toBe(200);
  });
});
