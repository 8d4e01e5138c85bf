import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const NEW_PASSWORD = 'another horse, another candle';
const CHANGE = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };

describe('POST /api/auth/password', () => {
  it('lets the new password in and the old one no more', async () => {
    const person = await register(app);
    expect((await person.browser.post('/api/auth/password', CHANGE)).status).toBe(204);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(401);
    await logIn(app, { ...person, password: NEW_PASSWORD });
  });

  it('issues a new id and ends the old one', async () => {
    const { browser } = await register(app);
    const thief = await browser.copy();
    await browser.post('/api/auth/password', CHANGE);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await app.records.read(keyOf(idIn(await thief.cookie())))).toBeNull();
  });

  it('ends every other session of the user, and removes their records', async () => {
    const person = await register(app);
    const others = [await logIn(app, person), await logIn(app, person)];
    await person.browser.post('/api/auth/password', CHANGE);
    for (const other of others) {
      expect(await isSignedIn(other)).toBe(false);
      expect(await app.records.read(keyOf(idIn(await other.cookie())))).toBeNull();
    }
    expect(await app.records.listByUser(person.id)).toHaveLength(1);
  });

  it('asks for the current password', async () => {
    const { browser } = await register(app);
    const { status, body } = await browser.post('/api/auth/password', { ...CHANGE, currentPassword: 'wrong' });
    expect(status).toBe(401);
    expect(body.error.code).toBe('invalid_credentials');
    expect((await browser.post('/api/auth/password', { newPassword: NEW_PASSWORD })).status).toBe(400);
  });

  it('holds the new password to the rules and tells why it was refused', async () => {
    const { browser, email } = await register(app);
    for (const newPassword of ['short', email]) {
      const { status, body } = await browser.post('/api/auth/password', { ...CHANGE, newPassword });
      expect([newPassword, status, body?.error.code]).toEqual([newPassword, 400, 'invalid_input']);
      expect(body.error.message).toContain('newPassword');
    }
  });

  it('makes a login with the old password, finished after the change, dead on arrival', async () => {
    const person = await register(app);
    const insert = app.faults.holdNext('sessions.insert');
    const attacker = app.browser();
    const login = attacker.post('/api/auth/login', person); // its password is verified, its session not yet made
    await insert.reached;
    expect((await person.browser.post('/api/auth/password', CHANGE)).status).toBe(204);
    insert.release();
    await login;
    expect(await isSignedIn(attacker)).toBe(false);
    expect((await attacker.get('/api/sessions')).status).toBe(401);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('is not broken off by another request of that browser half-way', async () => {
    const person = await register(app);
    const tab = await person.browser.copy();
    const remove = app.faults.holdNext('sessions.remove'); // the new password counts, the old session is still there
    const change = person.browser.post('/api/auth/password', CHANGE);
    await remove.reached;
    expect(await isSignedIn(tab)).toBe(false);
    remove.release();
    expect((await change).status).toBe(204);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it.each(['throttle.giveBack', 'users.changePassword'])(
    'lets one of two changes at once win, where the other is slow from %s on',
    async (call) => {
      const person = await register(app);
      const other = await logIn(app, person);
      const slow = app.faults.holdNext(call); // its current password is verified
      const first = person.browser.post('/api/auth/password', CHANGE);
      await slow.reached;
      const password = `${NEW_PASSWORD} 2`;
      const second = await other.post('/api/auth/password', { ...CHANGE, newPassword: password });
      slow.release();
      expect(second.status).toBe(204);
      expect((await first).status).toBe(401);
      expect((await app.browser().post('/api/auth/login', { ...person, password })).status).toBe(200);
    },
  );

  it('says so when it was overtaken by a revocation, and leaves the password as it was', async () => {
    const person = await register(app);
    const change = app.faults.holdNext('users.changePassword');
    const late = person.browser.post('/api/auth/password', CHANGE);
    await change.reached;
    await app.users.raiseCredentialVersion(person.id);
    change.release();
    expect((await late).status).toBe(401);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(200);
  });
});
