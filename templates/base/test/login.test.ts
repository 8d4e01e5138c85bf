import { describe, expect, vi } from 'vitest';
import { SESSION_ID_BYTES } from '../src/security-policy.ts';
import { keyOf, newSessionId } from '../src/session/store.ts';
import { it } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, register } from './support/fixtures.ts';

describe('POST /api/auth/register', () => {
  it('signs the new user in', async ({ app }) => {
    const person = newPerson();
    const browser = app.browser();
    const { status, body } = await browser.post('/api/auth/register', person);
    expect(status).toBe(201);
    expect(body).toEqual({ user: { id: expect.any(String), email: person.email } });
    expect((await browser.get('/api/session')).body).toMatchObject({ authenticated: true, user: body.user });
  });

  it('replaces the id a visitor had (session fixation)', async ({ app }) => {
    const browser = app.browser();
    await browser.put('/api/cart', { items: [{ sku: 'bait', quantity: 1 }] });
    const planted = (await browser.cookie()) ?? '';
    await browser.post('/api/auth/register', newPerson());
    expect(idIn(await browser.cookie())).not.toBe(idIn(planted));
    const attacker = app.browser();
    await attacker.plant(planted);
    expect(await isSignedIn(attacker)).toBe(false);
  });

  it('lets one of fifty parallel registrations of an address win', async ({ app }) => {
    const person = newPerson();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => app.browser().post('/api/auth/register', person)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => ![201, 409, 429, 503].includes(status))).toEqual([]);
  });

  it('takes an address with an accent for one, in either of the two ways to write it', async ({ app }) => {
    const { email } = newPerson();
    await register(app, { email: `é${email}`.normalize('NFC'), password: PASSWORD });
    const again = { email: `é${email}`.normalize('NFD'), password: PASSWORD };
    expect((await app.browser().post('/api/auth/register', again)).status).toBe(409);
  });

  it('refuses an address that is taken, however it is spelled', async ({ app }) => {
    const { email } = await register(app);
    const { status, body, cookies } = await app
      .browser()
      .post('/api/auth/register', { email: email.toUpperCase(), password: PASSWORD });
    expect(status).toBe(409);
    expect(body.error.code).toBe('email_taken');
    expect(cookies).toEqual([]);
  });
});

describe('POST /api/auth/login', () => {
  it('answers the same bytes for an unknown user and a wrong password', async ({ app }) => {
    const { email } = await register(app);
    const wrong = await app.browser().post('/api/auth/login', { email, password: 'not the password of anybody' });
    const unknown = await app.browser().post('/api/auth/login', newPerson());
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.code).toBe('invalid_credentials');
    expect(unknown.status).toBe(401);
    expect(unknown.text).toBe(wrong.text);
    expect(wrong.cookies).toEqual([]);
  });

  it('issues a new id, so an id planted before the login stays anonymous (session fixation)', async ({ app }) => {
    const victim = await register(app);
    const attacker = app.browser();
    await attacker.put('/api/cart', { items: [{ sku: 'bait', quantity: 1 }] });
    const planted = (await attacker.cookie()) ?? '';

    const browser = app.browser();
    await browser.plant(planted);
    await logIn(app, victim, browser);

    expect(idIn(await browser.cookie())).not.toBe(idIn(planted));
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
    expect(await app.records.sessions.read(keyOf(idIn(planted)))).toBeNull();
  });

  it('answers only when the engine holds the new session, and never for the old id on the way', async ({ app }) => {
    const victim = await register(app);
    const attacker = app.browser();
    await attacker.put('/api/cart', { items: [{ sku: 'bait', quantity: 1 }] });
    const browser = await attacker.copy();

    const insert = app.faults.holdNext('sessions.insert');
    let answered = false;
    const login = logIn(app, victim, browser).finally(() => {
      answered = true;
    });
    await insert.reached;
    expect(await isSignedIn(attacker)).toBe(false);
    expect(answered).toBe(false);
    insert.release();
    await login;
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
  });

  it('issues a new id to somebody who is signed in already, and ends the old one', async ({ app }) => {
    const person = await register(app);
    const thief = await person.browser.copy();
    await logIn(app, person, person.browser);
    expect(await isSignedIn(person.browser)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('issues an id of its own to each login, long and from all of base64url', async ({ app }) => {
    const person = await register(app);
    const browsers = await Promise.all(Array.from({ length: 8 }, () => logIn(app, person)));
    const ids = await Promise.all(browsers.map(async (browser) => idIn(await browser.cookie())));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(SESSION_ID_BYTES);
    expect(SESSION_ID_BYTES).toBeGreaterThanOrEqual(16);
  });

  it('never repeats an id, nor any part of one', () => {
    const ids = Array.from({ length: 1000 }, newSessionId);
    for (const part of [0, 8, 16, 24, 32]) {
      expect(new Set(ids.map((id) => id.slice(part, part + 10))).size).toBe(ids.length);
    }
  });

  it('makes ids of nothing that an attacker could know: neither the time nor Math.random', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const now = vi.spyOn(Date, 'now').mockReturnValue(0);
    const ids = [newSessionId(), newSessionId()];
    random.mockRestore();
    now.mockRestore();
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('tells nothing of the user but the id and the address', async ({ app }) => {
    const person = await register(app);
    const { body } = await app.browser().post('/api/auth/login', person);
    expect(body).toEqual({ user: { id: person.id, email: person.email } });
  });

  it('hands nothing of one user to the next one in the same browser', async ({ app }) => {
    const first = await register(app);
    await first.browser.put('/api/cart', { items: [{ sku: 'private', quantity: 1 }] });
    const second = await register(app);
    await logIn(app, second, first.browser);
    expect((await first.browser.get('/api/cart')).body).toEqual({ items: [] });
    expect((await first.browser.get('/api/session')).body.user.email).toBe(second.email);
  });
});
