import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('POST /api/auth/register', () => {
  it('signs the new user in', async () => {
    const person = newPerson();
    const browser = app.browser();
    const { status, body } = await browser.post('/api/auth/register', person);
    expect(status).toBe(201);
    expect(body).toEqual({ user: { id: expect.any(String), email: person.email } });
    expect((await browser.get('/api/session')).body).toMatchObject({ authenticated: true, user: body.user });
  });

  it('lets one of fifty parallel registrations of an address win', async () => {
    const person = newPerson();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => app.browser().post('/api/auth/register', person)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [201, 409, 429, 503].includes(status))).toBe(true);
  });

  it('refuses an address that is taken, however it is spelled', async () => {
    const { email } = await register(app);
    const { status, body } = await app
      .browser()
      .post('/api/auth/register', { email: email.toUpperCase(), password: PASSWORD });
    expect(status).toBe(409);
    expect(body.error.code).toBe('email_taken');
  });
});

describe('POST /api/auth/login', () => {
  it('answers the same bytes for an unknown user and a wrong password', async () => {
    const { email } = await register(app);
    const wrong = await app
      .browser()
      .post('/api/auth/login', { email, password: 'not the password of anybody' });
    const unknown = await app.browser().post('/api/auth/login', newPerson());
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(unknown.text).toBe(wrong.text);
    expect(wrong.cookies).toEqual([]);
  });

  it('issues a new id, so an id planted before the login stays anonymous', async () => {
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
    expect((await attacker.get('/api/cart')).body).toEqual({ items: [] });
  });
});
