/** How does a user prove again who they are? At the provider, and `auth_time` has to show that it asked. */
import { describe, expect } from 'vitest';
import { REAUTHENTICATION_WINDOW_MS } from '../src/security-policy.ts';
import type { SessionRequest } from '../src/session/http.ts';
import { it, type TestApp } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import {
  begin,
  confirm,
  finish,
  isSignedIn,
  logIn,
  newPerson,
  passProvider,
  recordOf,
  register,
  type SignedIn,
  signIn,
  visitProvider,
} from './support/fixtures.ts';

const MINUTE_MS = 60_000;

it.afterEach(({ app }) => {
  app.provider.idToken = (claims) => app.provider.sign(claims);
});

/** Somebody whose window has closed. */
async function somebody(app: TestApp): Promise<SignedIn> {
  const person = await register(app);
  app.clock.now += REAUTHENTICATION_WINDOW_MS;
  expect(await isRecent(person.browser)).toBe(false);
  return person;
}

const isRecent = async (browser: Browser) => (await browser.delete('/api/sessions')).status === 200;

async function expectRefusal(browser: Browser, query: string): Promise<void> {
  const before = await browser.cookie();
  expect(await finish(browser, query)).toMatchObject({ status: 401, code: 'sign_in_refused', cookies: [] });
  expect(await browser.cookie()).toBe(before);
}

describe('what an unattended browser must not allow', () => {
  it.for([
    ['DELETE', '/api/account'],
    ['DELETE', '/api/sessions'],
    ['DELETE', '/api/sessions/some-handle'],
  ] as const)('%s %s asks for another sign-in once the window has closed', async ([method, path], { app }) => {
    const { browser } = await somebody(app);
    expect(await browser.send(method, path)).toMatchObject({ status: 403, code: 'reauthentication_required' });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is refused to a visitor by this guard alone, should a route not ask for a login first', ({ app }) => {
    const guard = () => app.services.lifecycle.requireRecentLogin({} as SessionRequest);
    expect(guard).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});

describe('a sign-in to prove again who one is', () => {
  it('asks the provider to ask the person', async ({ app }) => {
    const { browser } = await somebody(app);
    const { searchParams } = new URL(await begin(browser, { again: true }));
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0']);
  });

  it('issues a new id, ends the old one, opens the window and keeps when the session began', async ({ app }) => {
    const person = await somebody(app);
    const thief = await person.browser.copy();
    const before = (await person.browser.get('/api/session')).body;
    await person.browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    const { status, body } = await confirm(person.browser, person);
    expect([status, body.user?.id]).toEqual([200, person.id]);
    expect(idIn(await person.browser.cookie())).not.toBe(idIn(await thief.cookie()));
    expect(await recordOf(app, thief)).toBeNull();
    expect(await isSignedIn(thief)).toBe(false);
    const after = (await person.browser.get('/api/session')).body;
    expect(after.createdAt).toBe(before.createdAt);
    expect(Date.parse(after.absoluteExpiresAt)).toBeGreaterThan(Date.parse(before.absoluteExpiresAt));
    expect(Date.parse(after.reauthenticatedUntil)).toBeGreaterThan(app.clock.now + REAUTHENTICATION_WINDOW_MS / 2);
    expect((await person.browser.get('/api/cart')).body.items).toHaveLength(1);
    expect(await isRecent(person.browser)).toBe(true);
  });

  it('proves nothing when its demands are cut out on the way, as the provider then asks nobody', async ({ app }) => {
    const person = await somebody(app);
    const address = new URL(await begin(person.browser, { again: true }));
    for (const name of ['prompt', 'max_age']) address.searchParams.delete(name);
    app.provider.idToken = (claims) => {
      return app.provider.sign({ ...claims, auth_time: Number(claims.auth_time) - 60 });
    };
    await expectRefusal(person.browser, await passProvider(person.browser, address.href));
    expect(await isRecent(person.browser)).toBe(false);
  });

  it.for([undefined, 0, 1, Date.now() / 1000 + 3600])(
    'proves nothing with the time %j: nobody says when it was',
    async (auth_time, { app }) => {
      const person = await somebody(app);
      const query = await visitProvider(person.browser, person, await begin(person.browser, { again: true }));
      app.provider.idToken = (claims) => app.provider.sign({ ...claims, auth_time });
      await expectRefusal(person.browser, query);
      expect(await isSignedIn(person.browser)).toBe(true);
    },
  );

  it('is of the same person, or the session in use stays as it is', async ({ app }) => {
    const person = await somebody(app);
    const query = await visitProvider(person.browser, newPerson(), await begin(person.browser, { again: true }));
    await expectRefusal(person.browser, query);
    expect((await person.browser.get('/api/session')).body.user.id).toBe(person.id);
    expect(await isRecent(person.browser)).toBe(false);
  });

  it('that ends after a logout, or in the session of another person, is refused', async ({ app }) => {
    const person = await somebody(app);
    const queries = [];
    for (let count = 0; count < 2; count += 1) {
      queries.push(await visitProvider(person.browser, person, await begin(person.browser, { again: true })));
    }
    await person.browser.post('/api/auth/logout');
    await expectRefusal(person.browser, queries[0] ?? '');
    expect(await isSignedIn(person.browser)).toBe(false);
    const another = newPerson();
    await logIn(app, another, person.browser);
    await expectRefusal(person.browser, queries[1] ?? '');
    expect((await person.browser.get('/api/session')).body.user.email).toBe(another.email);
  });

  it('that is slow does not bring back a session that was ended meanwhile', async ({ app }) => {
    const person = await somebody(app);
    const thief = await person.browser.copy();
    const query = await visitProvider(thief, person, await begin(thief, { again: true }));
    const held = app.faults.holdNext('sessions.touch'); // of the session at the provider
    const answer = finish(thief, query);
    await Promise.race([held.reached, answer]);
    await person.browser.post('/api/auth/logout');
    held.release();
    expect((await answer).status).toBe(401);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('fails after everything of the user was revoked meanwhile', async ({ app }) => {
    const person = await somebody(app);
    const query = await visitProvider(person.browser, person, await begin(person.browser, { again: true }));
    const held = app.faults.holdNext('sessions.insert');
    const answer = finish(person.browser, query);
    await Promise.race([held.reached, answer]);
    await app.records.users.raiseCredentialVersion(person.id);
    held.release();
    await answer;
    expect(await isSignedIn(person.browser)).toBe(false);
  });
});

describe('the window', () => {
  it('runs from the time at the provider: an old sign-in there opens nothing here', async ({ app }) => {
    const person = await register(app);
    const age = REAUTHENTICATION_WINDOW_MS / 1000 + 60;
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, auth_time: Number(claims.auth_time) - age });
    const { status } = await signIn(person.browser, person);
    expect(status).toBe(200);
    expect(await isRecent(person.browser)).toBe(false);
  });

  it('takes over the age, so that the clocks need not agree', async ({ app }) => {
    const person = newPerson();
    app.clock.now += 1000 * MINUTE_MS;
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, auth_time: Number(claims.auth_time) - 60 });
    const { body } = await (await logIn(app, person)).get('/api/session');
    const end = Date.parse(body.reauthenticatedUntil) - app.clock.now - REAUTHENTICATION_WINDOW_MS;
    expect(Math.abs(end + MINUTE_MS)).toBeLessThan(5000);
  });

  it.for([undefined, 0, Date.now() / 1000 + 3600])('is closed with the time %j', async (auth_time, { app }) => {
    const browser = app.browser();
    const query = await visitProvider(browser, newPerson(), await begin(browser));
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, auth_time });
    const { status } = await finish(browser, query);
    expect([200, 401]).toContain(status); // a time of 0 is refused by openid-client
    expect(await isRecent(browser)).toBe(false);
  });
});
