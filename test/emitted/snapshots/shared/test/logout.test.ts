/** Does a logout end the session for good, even for requests that were under way? */
import { describe, expect } from 'vitest';
import { COOKIE_NAME, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { it } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, PASSWORD, recordOf, signedIn, visitor } from './support/fixtures.ts';

describe('POST /api/auth/logout', () => {
  it('ends this session alone in the database, so the old cookie is worthless (replay)', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    const thief = await person.browser.copy();
    expect((await person.browser.post('/api/auth/logout')).status).toBe(204);
    expect((await thief.get('/api/sessions')).status).toBe(401);
    expect(await recordOf(app, thief)).toBeNull();
    expect(await isSignedIn(other)).toBe(true);
  });

  it('deletes the cookie in a way that a browser accepts, and what else the browser kept', async ({ app }) => {
    const { browser } = await signedIn(app);
    const { cookies, headers } = await browser.post('/api/auth/logout');
    expect(cookies.some((line) => line.startsWith(`${COOKIE_NAME}=;`))).toBe(true);
    expect(await browser.cookie()).toBeUndefined();
    expect(headers['clear-site-data']).toBe('"cache", "storage"'); // not the cookies of other apps on this host
  });

  it("ends a visitor's session too, and works without one", async ({ app }) => {
    const browser = await visitor(app);
    const thief = await browser.copy();
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
    expect(await recordOf(app, thief)).toBeNull();
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
  });

  it('is not caused by GET, HEAD or OPTIONS, which a link or an image can send', async ({ app }) => {
    const { browser } = await signedIn(app);
    const headers = { 'x-http-method-override': 'POST', 'sec-fetch-site': 'cross-site' };
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      await browser.send(method, '/api/auth/logout', { headers });
      await browser.send(method, '/api/auth/logout?_method=POST');
      expect([method, await isSignedIn(browser)]).toEqual([method, true]);
    }
  });
});

describe('a request under way during a logout cannot bring the session back', () => {
  it.for([
    ['by being activity', 'sessions.touch', 'GET', '/api/sessions'],
    ['under a new id by confirming the password', 'throttle.consume', 'POST', '/api/auth/reauthenticate'],
  ] as const)('%s', async ([, call, method, path], { app }) => {
    const { browser } = await signedIn(app);
    app.clock.now += TOUCH_INTERVAL_MS;
    const thief = await browser.copy();
    const held = app.faults.holdNext(call);
    const request = thief.send(method, path, method === 'POST' ? { body: { password: PASSWORD } } : {});
    await Promise.race([held.reached, request]);
    await browser.post('/api/auth/logout');
    held.release();
    const { status, cookies } = await request;
    expect({ status, cookies }).toEqual({ status: 401, cookies: [] });
    expect(await isSignedIn(thief)).toBe(false);
    expect(await recordOf(app, thief)).toBeNull();
  });

  it('by writing it', async ({ app }) => {
    const { browser } = await signedIn(app);
    const thief = await browser.copy();
    const id = idIn(await browser.cookie());
    const { store } = app.services;
    const content = await store.read(id);
    await browser.post('/api/auth/logout');
    await expect(store.save(id, content ?? {})).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await recordOf(app, thief)).toBeNull();
  });
});
