/** Whose is an account, which address does it show, and does a deleted or disabled one let anybody in? */
import { describe, expect, vi } from 'vitest';
import { it } from './support/app.ts';
import {
  begin,
  browserWithSession,
  finish,
  isSignedIn,
  logIn,
  newPerson,
  recordOf,
  register,
  signedIn,
  signIn,
  visitProvider,
} from './support/fixtures.ts';

describe('an account', () => {
  it('is of a subject, never of an email address', async ({ app }) => {
    const [first, second] = [await register(app), newPerson()];
    app.provider.claimsOf.set(second.login, { email: first.email });
    const other = await register(app, second);
    expect(other.id).not.toBe(first.id);
    expect((await other.browser.get('/api/session')).body.user.email).toBe(first.email);
  });

  it('is the same when the address changes, and shows the new one', async ({ app }) => {
    const person = await register(app);
    app.provider.claimsOf.set(person.login, { email: 'new@example.test' });
    const { body } = await signIn(app.browser(), person);
    expect(body.user).toEqual({ id: person.id, email: 'new@example.test' });
  });

  it.for([
    { email_verified: false },
    { email_verified: 'true' },
    { email_verified: undefined },
    { email: 'no address' },
    { email: undefined },
    { email: { a: 1 } },
    { email: 'a\0@b' },
  ])('shows no address that the provider does not vouch for, or that is none: %j', async (claims, { app }) => {
    const person = newPerson();
    app.provider.claimsOf.set(person.login, claims);
    const { status, body } = await signIn(app.browser(), person);
    expect([status, body.user?.email]).toEqual([200, null]);
  });

  it('that is disabled is refused like any other sign-in', async ({ app }) => {
    const person = await register(app);
    await app.records.users.disable(person.id);
    const browser = app.browser();
    expect(await signIn(browser, person)).toMatchObject({ status: 401, code: 'sign_in_refused', cookies: [] });
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('that was deleted is another one when its owner comes back', async ({ app }) => {
    const person = await register(app);
    expect((await person.browser.delete('/api/account')).status).toBe(204);
    expect((await register(app, person)).id).not.toBe(person.id);
  });

  it.for(['/api/auth/register', '/api/auth/login', '/api/auth/reauthenticate', '/api/auth/password'])(
    'has no password: %s does not exist',
    async (path, { app }) => {
      const { browser } = await signedIn(app);
      expect((await browser.post(path, { email: 'a@b', password: 'x' })).status).toBe(404);
      expect((await app.browser().post(path, { email: 'a@b', password: 'x' })).status).toBe(401);
    },
  );
});

describe('DELETE /api/account', () => {
  it('removes the user and ends all sessions', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    const { status, headers } = await person.browser.delete('/api/account');
    expect(status).toBe(204);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await person.browser.cookie()).toBeUndefined();
    expect(await isSignedIn(other)).toBe(false);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect(await app.records.users.findById(person.id)).toBeNull();
  });

  it('leaves nothing that a new account of the same address would inherit', async ({ app }) => {
    const person = await signedIn(app);
    const old = await person.browser.copy();
    await person.browser.delete('/api/account');
    const again = await register(app, person);
    expect(again.id).not.toBe(person.id);
    expect(await isSignedIn(old)).toBe(false);
  });

  it('lets no session in even if its records could not be removed', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    app.faults.fail('sessions.removeByUser');
    const { status } = await person.browser.delete('/api/account');
    app.faults.clear();
    expect(status).toBe(503);
    expect(await isSignedIn(other)).toBe(false);
  });
});

describe('a disabled account', () => {
  it('has its sessions ended when they are met, even those of the current credential version', async ({ app }) => {
    const { browser, id } = await signedIn(app);
    await app.records.users.disable(id);
    const credentialVersion = (await app.records.users.findById(id))?.credentialVersion ?? 0;
    for (const each of [browser, await browserWithSession(app, { user: { id, credentialVersion } })]) {
      expect((await each.get('/api/session')).body).toEqual({ authenticated: false });
      expect(await recordOf(app, each)).toBeNull();
      expect((await each.get('/api/sessions')).status).toBe(401);
    }
  });

  it('gets no live session from a login that the provider has vouched for', async ({ app }) => {
    const person = await signedIn(app);
    const browser = app.browser();
    const query = await visitProvider(browser, person, await begin(browser));
    const insert = app.faults.holdNext('sessions.insert');
    const login = finish(browser, query);
    await Promise.race([insert.reached, login]);
    await app.records.users.disable(person.id);
    insert.release();
    await login;
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('a raised credential version', () => {
  it('ends every session at once, without touching their records', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    await app.records.users.raiseCredentialVersion(person.id);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await other.get('/api/sessions')).status).toBe(401);
    await logIn(app, person, other);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('ends the session of a sign-in that had read the user, but not yet made it', async ({ app }) => {
    const person = await signedIn(app);
    const { users } = app.records;
    const { findOrCreate } = users;
    vi.spyOn(users, 'findOrCreate').mockImplementationOnce(async (...identity) => {
      const user = await findOrCreate(...identity);
      await users.raiseCredentialVersion(person.id);
      return user;
    });
    expect(await isSignedIn(await logIn(app, person))).toBe(false);
  });
});
