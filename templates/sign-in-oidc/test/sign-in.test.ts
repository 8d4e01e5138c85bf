/** How does a sign-in at the provider begin and end, and what does it make of the session that was there before? */
import { describe, expect, vi } from 'vitest';
import { SESSION_ID_BYTES, SIGN_IN_COOKIE_NAME, SIGN_IN_LIFETIME_MS, SIGN_IN_LIMIT } from '../src/security-policy.ts';
import { newSessionId } from '../src/session/store.ts';
import { it } from './support/app.ts';
import { idIn } from './support/browser.ts';
import {
  begin,
  finish,
  isSignedIn,
  logIn,
  newPerson,
  recordOf,
  register,
  signedIn,
  signIn,
  visitor,
  visitProvider,
} from './support/fixtures.ts';

const CART = { items: [{ sku: 'tea', quantity: 2 }] };

describe('a sign-in', () => {
  it('leads to the provider and back, and tells nothing but the id and the address', async ({ app }) => {
    const person = newPerson();
    const browser = app.browser();
    const { status, body } = await signIn(browser, person, { returnTo: '/' });
    expect(status).toBe(200);
    expect(body).toEqual({ user: { id: expect.any(String), email: person.email }, returnTo: '/' });
    expect((await browser.get('/api/session')).body).toMatchObject({ authenticated: true, user: body.user });
  });

  it('issues a new id, so an id planted before stays anonymous (session fixation), and keeps the cart', async ({
    app,
  }) => {
    const attacker = await visitor(app);
    await attacker.put('/api/cart', CART);
    const browser = await attacker.copy();
    await logIn(app, newPerson(), browser);
    expect(idIn(await browser.cookie())).not.toBe(idIn(await attacker.cookie()));
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
    expect(await recordOf(app, attacker)).toBeNull();
    expect((await browser.get('/api/cart')).body).toEqual(CART);
  });

  it('answers only when the database has the new session, and never for the old id on the way', async ({ app }) => {
    const attacker = await visitor(app);
    const browser = await attacker.copy();
    const query = await visitProvider(browser, newPerson(), await begin(browser));
    const insert = app.faults.holdNext('sessions.insert');
    let isAnswered = false;
    const answer = finish(browser, query).finally(() => {
      isAnswered = true;
    });
    await Promise.race([insert.reached, answer]);
    const meanwhile = { isSignedIn: await isSignedIn(attacker), isAnswered };
    insert.release();
    expect((await answer).status).toBe(200);
    expect(meanwhile).toEqual({ isSignedIn: false, isAnswered: false });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('keeps nothing of a user who was signed in before', async ({ app }) => {
    const { browser } = await signedIn(app);
    await browser.put('/api/cart', CART);
    const before = await browser.copy();
    await logIn(app, newPerson(), browser);
    expect((await browser.get('/api/cart')).body).toEqual({ items: [] });
    expect(await isSignedIn(before)).toBe(false);
  });

  it('is one of as many as there are tabs, by one cookie', async ({ app }) => {
    const browser = app.browser();
    const [first, second] = [await begin(browser), await begin(browser)];
    const person = newPerson();
    for (const address of [second, first]) {
      expect((await finish(browser, await visitProvider(browser, person, address))).status).toBe(200);
    }
  });

  it('of one subject is one account, in fifty parallel first ones', async ({ app }) => {
    const person = newPerson();
    const queries = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = app.browser();
        return { browser, query: await visitProvider(browser, person, await begin(browser)) };
      }),
    );
    const answers = await Promise.all(queries.map(({ browser, query }) => finish(browser, query)));
    const done = answers.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ body }) => body.user.id)).size).toBe(1);
    expect(answers.filter(({ status }) => ![200, 401, 503].includes(status))).toEqual([]);
  });

  it('writes one record to begin, and takes one point', async ({ app }) => {
    const calls = await app.faults.callsOf(() => begin(app.browser()));
    expect(calls).toEqual(['throttle.consume', 'sessions.insert']);
  });

  it('changes nothing by the address that the provider leads to', async ({ app }) => {
    const browser = app.browser();
    const query = await visitProvider(browser, newPerson(), await begin(browser));
    app.provider.calls.length = 0;
    expect(await app.faults.callsOf(() => browser.get(`/signed-in${query}`))).toEqual([]);
    expect(app.provider.calls).toEqual([]);
    expect((await finish(browser, query)).status).toBe(200);
  });

  it('goes on when another database call makes it wait, and signs nobody in on the way', async ({ app }) => {
    const browser = app.browser();
    const query = await visitProvider(browser, newPerson(), await begin(browser));
    const held = app.faults.holdNext('users.findOrCreate');
    const answer = finish(browser, query);
    await Promise.race([held.reached, answer]);
    const meanwhile = await isSignedIn(browser);
    held.release();
    expect((await answer).status).toBe(200);
    expect(meanwhile).toBe(false);
  });
});

describe('POST /api/auth/sign-in', () => {
  it('binds the sign-in to the browser by a cookie that no page and no other host can set or read', async ({ app }) => {
    const browser = app.browser();
    const { cookies } = await browser.post('/api/auth/sign-in');
    const seconds = SIGN_IN_LIFETIME_MS / 1000;
    const attributes = `Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
    expect(cookies).toEqual([expect.stringMatching(new RegExp(`^${SIGN_IN_COOKIE_NAME}=[\\w-]{43}; ${attributes}$`))]);
    expect((await browser.post('/api/auth/sign-in')).cookies).toEqual(cookies);
  });

  it('replaces a cookie that is not of its making', async ({ app }) => {
    const browser = app.browser();
    const planted = `${SIGN_IN_COOKIE_NAME}=chosen-by-somebody-else`;
    await browser.jar.setCookie(`${planted}; Path=/; Secure`, app.origin);
    expect((await browser.post('/api/auth/sign-in')).cookies[0]).not.toContain(planted);
  });

  it('asks for a code, bound by PKCE, state and nonce, and for the time of the proof', async ({ app }) => {
    const address = new URL(await begin(app.browser()));
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: 'app',
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: `${app.origin}/signed-in`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      max_age: expect.stringMatching(/^\d+$/),
    });
  });

  it.for([
    '//evil.example',
    'https://evil.example',
    '/%2fevil.example',
    '/account/',
    '/api/auth/logout',
    '',
    1,
    null,
    ['/'],
  ])('leads nowhere but to the pages of a list: %j', async (returnTo, { app }) => {
    const answer = await app.browser().post('/api/auth/sign-in', { returnTo });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  it('is limited by address, as each costs a record', async ({ app }) => {
    const browser = app.browser();
    for (let count = 0; count < SIGN_IN_LIMIT.points; count += 1) await begin(browser);
    const { status, code, headers } = await browser.post('/api/auth/sign-in');
    expect([status, code]).toEqual([429, 'too_many_attempts']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await begin(app.browser());
  });

  it('on another origin of the app leads to the first, which the provider knows, and costs nothing', async ({
    start,
  }) => {
    const app = await start();
    const other = 'https://other.example';
    const second = await start({ provider: app.provider, config: { origins: [app.origin, other] } });
    const calls = await second.faults.callsOf(async () => {
      const { body, cookies } = await second.browser().post('/api/auth/sign-in', {}, { headers: { origin: other } });
      expect(body).toEqual({ continueAt: `${app.origin}/login` });
      expect(cookies).toEqual([]);
    });
    expect(calls).toEqual([]);
  });

  it('to prove again who one is needs to be signed in', async ({ app }) => {
    const answer = await app.browser().post('/api/auth/sign-in', { again: true });
    expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
  });
});

describe('POST /api/auth/logout', () => {
  it('ends our session first, and says where to sign out at the provider', async ({ start }) => {
    const app = await start();
    app.provider.config.hasLogout = true;
    const { browser } = await register(app);
    const thief = await browser.copy();
    const { status, body, headers } = await browser.post('/api/auth/logout');
    expect(status).toBe(200);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    const address = new URL(body.continueAt);
    expect(address.origin + address.pathname).toBe(`${app.provider.config.issuer}/logout`);
    const expected = { client_id: 'app', post_logout_redirect_uri: `${app.origin}/` };
    expect(Object.fromEntries(address.searchParams)).toEqual(expected);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('says nothing to a visitor, nor where the provider is to be left alone', async ({ start }) => {
    const app = await start();
    const { browser } = await signedIn(app);
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
    app.provider.config.hasLogout = true;
    expect((await app.browser().post('/api/auth/logout')).status).toBe(204);
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
