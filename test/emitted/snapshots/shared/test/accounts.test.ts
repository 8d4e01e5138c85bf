import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import {
  isSignedIn,
  logIn,
  PASSWORD,
  register,
  signedInBrowser,
  somebodySignedIn,
  unthrottledAccounts,
} from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('DELETE /api/account', () => {
  it('removes the user and ends all sessions', async () => {
    const person = await register(app);
    const other = await logIn(app, person);
    const { status, headers } = await person.browser.delete('/api/account');
    expect(status).toBe(204);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await person.browser.cookie()).toBeUndefined();
    expect(await isSignedIn(other)).toBe(false);
    expect(await app.records.listByUser(person.id)).toEqual([]);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(401);
  });

  it('leaves nothing that a new account of the same address would inherit', async () => {
    const person = await register(app);
    const old = await person.browser.copy();
    await person.browser.delete('/api/account');
    const again = await register(app, person);
    expect(again.id).not.toBe(person.id);
    expect(await isSignedIn(old)).toBe(false);
  });

  it('lets no session in even if its records could not be removed', async () => {
    const person = await register(app);
    const other = await logIn(app, person);
    app.faults.fail('sessions.removeByUser');
    expect((await person.browser.delete('/api/account')).status).toBe(503);
    app.faults.clear();
    expect(await isSignedIn(other)).toBe(false);
  });
});

describe('a disabled account', () => {
  it('has its sessions ended when they are met, on public routes too, with nothing of them served', async () => {
    const person = await register(app);
    await person.browser.put('/api/cart', { items: [{ sku: 'private', quantity: 1 }] });
    const key = keyOf(idIn(await person.browser.cookie()));
    await app.users.disable(person.id);
    expect((await person.browser.get('/api/cart')).body).toEqual({ items: [] });
    expect((await person.browser.get('/api/sessions')).status).toBe(401);
    expect(await app.records.read(key)).toBeNull();
  });

  it('is let in by no session, not even one of the current credential version', async () => {
    const { id, email } = await somebodySignedIn(app);
    await app.users.disable(id);
    const credentialVersion = (await app.users.findByEmail(email))?.credentialVersion ?? 0;
    const browser = await signedInBrowser(app, { id, credentialVersion });
    expect((await browser.get('/api/sessions')).status).toBe(401);
  });

  it('signs in no more, with the same answer as a wrong password', async () => {
    const person = await register(app);
    const wrong = await app.browser().post('/api/auth/login', { ...person, password: 'a wrong guess' });
    await app.users.disable(person.id);
    const right = await app.browser().post('/api/auth/login', person);
    expect([right.status, right.text]).toEqual([401, wrong.text]);
  });

  it('gets no live session from a login that was past its password check', async () => {
    const person = await register(app);
    const insert = app.faults.holdNext('sessions.insert');
    const browser = app.browser();
    const login = browser.post('/api/auth/login', person);
    await insert.reached;
    await app.users.disable(person.id);
    insert.release();
    await login;
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('a login that overlaps a password change', () => {
  it('carries the credential version that was read before the password was verified', async () => {
    const person = await somebodySignedIn(app);
    const users = {
      ...app.users,
      async findByEmail(email: string) {
        const user = await app.users.findByEmail(email);
        await app.users.raiseCredentialVersion(person.id);
        return user;
      },
    };
    const accounts = unthrottledAccounts(users);
    const { credentialVersion } = await accounts.authenticate(person.email, PASSWORD, '192.0.2.1');
    expect(credentialVersion).toBe(1);
    expect((await app.users.findById(person.id))?.credentialVersion).toBe(2);
  });
});

describe('a raised credential version', () => {
  it('ends every session at once, without touching their records', async () => {
    const person = await register(app);
    const other = await logIn(app, person);
    await app.users.raiseCredentialVersion(person.id);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await other.get('/api/sessions')).status).toBe(401);
    await logIn(app, person, other);
    expect(await isSignedIn(other)).toBe(true);
  });
});
