import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKIE_NAME } from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const CART = { items: [{ sku: 'tea', quantity: 1 }] };

describe('POST /api/auth/logout', () => {
  it('ends the session in the engine, so the old cookie is worthless (replay)', async () => {
    const { browser } = await register(app);
    const thief = await browser.copy();
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
    expect((await thief.get('/api/sessions')).status).toBe(401);
    expect(await app.records.read(keyOf(idIn(await thief.cookie())))).toBeNull();
  });

  it('deletes the cookie in a way that a browser accepts', async () => {
    const { browser } = await register(app);
    const { cookies } = await browser.post('/api/auth/logout');
    expect(cookies.some((line) => line.startsWith(`${COOKIE_NAME}=;`))).toBe(true);
    expect(await browser.cookie()).toBeUndefined();
  });

  it('has the browser drop what it kept, but not the cookies of other apps on this host', async () => {
    const { browser } = await register(app);
    const { headers } = await browser.post('/api/auth/logout');
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
  });

  it('works even if nobody is signed in', async () => {
    const { status } = await app.browser().post('/api/auth/logout');
    expect(status).toBe(204);
  });

  it("ends a visitor's session too", async () => {
    const visitor = app.browser();
    await visitor.put('/api/cart', CART);
    const thief = await visitor.copy();
    expect((await visitor.post('/api/auth/logout')).status).toBe(204);
    expect((await thief.get('/api/cart')).body).toEqual({ items: [] });
    expect(await app.records.read(keyOf(idIn(await thief.cookie())))).toBeNull();
  });

  it('ends this session only', async () => {
    const person = await register(app);
    const other = await logIn(app, person);
    await person.browser.post('/api/auth/logout');
    expect(await isSignedIn(other)).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('is not done by %s, which a link or an image can cause', async (method) => {
    const { browser } = await register(app);
    await browser.send(method, '/api/auth/logout', {
      headers: { 'x-http-method-override': 'POST', 'sec-fetch-site': 'cross-site' },
    });
    await browser.send(method, '/api/auth/logout?_method=POST');
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a request under way during a logout', () => {
  it('cannot bring the session back by writing it', async () => {
    const { browser } = await register(app);
    const update = app.faults.holdNext('sessions.update');
    const thief = await browser.copy();
    const write = thief.put('/api/cart', CART);
    await update.reached;
    await browser.post('/api/auth/logout');
    update.release();
    const late = await write;
    expect(late.status).toBe(401);
    expect(late.cookies).toEqual([]);
    expect((await thief.get('/api/sessions')).status).toBe(401);
    expect(await app.records.read(keyOf(idIn(await thief.cookie())))).toBeNull();
  });

  it('cannot bring the session back by being activity', async () => {
    const { browser } = await register(app);
    app.clock.now += 60_000;
    const touch = app.faults.holdNext('sessions.touch');
    const thief = await browser.copy();
    const read = thief.get('/api/sessions');
    await touch.reached;
    await browser.post('/api/auth/logout');
    touch.release();
    expect((await read).status).toBe(401);
    expect((await thief.get('/api/sessions')).status).toBe(401);
  });

  it('cannot bring the session back under a new id by giving the password again', async () => {
    const { browser, password } = await register(app);
    const attempt = app.faults.holdNext('throttle.take');
    const thief = await browser.copy();
    const renewal = thief.post('/api/auth/reauthenticate', { password });
    await attempt.reached;
    await browser.post('/api/auth/logout');
    attempt.release();
    const late = await renewal;
    expect(late.status).toBe(401);
    expect(late.cookies).toEqual([]);
    expect(await isSignedIn(thief)).toBe(false);
  });
});
