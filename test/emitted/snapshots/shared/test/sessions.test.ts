/** Does a user see their own sessions and end them for good, this one by a logout, and nobody else's? */
import { once } from 'node:events';
import { request } from 'node:https';
import { describe, expect } from 'vitest';
import { COOKIE_NAME, IDLE_TIMEOUT_MS, MAX_SESSIONS_PER_USER, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { keyOf } from '../src/session/store.ts';
import { it } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import {
  browserWithSession,
  isSignedIn,
  logIn,
  PASSWORD,
  recordOf,
  signedIn,
  signIn,
  visitor,
} from './support/fixtures.ts';

interface Row {
  id: string;
  userAgent: string;
  current: boolean;
}

const listOf = async (browser: Browser): Promise<Row[]> => (await browser.get('/api/sessions')).body;

describe('GET /api/sessions', () => {
  it("lists the user's own sessions, the newest first, and marks the current one", async ({ app }) => {
    const person = await signedIn(app);
    await person.browser.post('/api/auth/logout');
    await signedIn(app);
    const row = (browser: Browser, current: boolean) => {
      const [createdAt, lastSeenAt] = Array(2).fill(new Date(app.clock.now).toISOString());
      const ip = browser.address.replace(/\d+$/, '0');
      return { id: expect.any(String), createdAt, lastSeenAt, userAgent: 'test browser', ip, current };
    };
    const older = row(await logIn(app, person, person.browser), false);
    app.clock.now += TOUCH_INTERVAL_MS;
    await listOf(person.browser);
    const lastSeenAt = new Date(app.clock.now).toISOString();
    const other = await logIn(app, person);
    expect(await listOf(other)).toEqual([row(other, true), { ...older, lastSeenAt }]);
  });

  it('keeps little of what a browser says of itself, however much that is', async ({ app }) => {
    const { browser, ...person } = await signedIn(app);
    const headers = { 'user-agent': 'x'.repeat(4000) };
    await signIn(app.browser(), person, { headers });
    const lengths = (await listOf(browser)).map(({ userAgent }) => userAgent.length);
    expect(Math.max(...lengths)).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThan(1000);
  });

  it('leaves out what has ended, though its record may still be there', async ({ app }) => {
    const person = await signedIn(app);
    app.clock.now += IDLE_TIMEOUT_MS;
    const later = await logIn(app, person);
    expect((await listOf(later)).map(({ current }) => current)).toEqual([true]);
  });

  it('names sessions by handles that open nothing', async ({ app }) => {
    const { browser } = await signedIn(app);
    const value = (await browser.cookie()) ?? '';
    const { body, text } = await browser.get('/api/sessions');
    expect(text).not.toContain(idIn(value));
    expect(text).not.toContain(keyOf(idIn(value)));
    const stranger = app.browser();
    await stranger.plant(value.replace(idIn(value), body[0]?.id));
    expect(await isSignedIn(stranger)).toBe(false);
  });
});

describe('DELETE /api/sessions/:id', () => {
  it('ends another session of the user', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    const handle = (await listOf(person.browser)).find(({ current }) => !current)?.id;
    expect((await person.browser.delete(`/api/sessions/${handle}`)).status).toBe(204);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it("does not know somebody else's session, nor what is no handle", async ({ app }) => {
    const { browser } = await signedIn(app);
    const stranger = await signedIn(app);
    const handles = (await listOf(stranger.browser)).map(({ id }) => id);
    for (const handle of [...handles, 'x', '%00', 'a'.repeat(4000), '..%2f', '%7B%22$ne%22%3A1%7D']) {
      expect(await browser.delete(`/api/sessions/${handle}`), handle).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('is a logout when it names the current session', async ({ app }) => {
    const { browser } = await signedIn(app);
    const thief = await browser.copy();
    const [current] = await listOf(browser);
    const { status, headers } = await browser.delete(`/api/sessions/${current?.id}`);
    expect(status).toBe(204);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await browser.cookie()).toBeUndefined();
    expect(await recordOf(app, thief)).toBeNull();
  });
});

it('DELETE /api/sessions ends all sessions of the user but the current one, and says how many', async ({ app }) => {
  const person = await signedIn(app);
  const others = [await logIn(app, person), await logIn(app, person)];
  const stranger = await signedIn(app);
  const { status, body } = await person.browser.delete('/api/sessions');
  expect(status).toBe(200);
  expect(body).toEqual({ terminated: 2 });
  for (const other of others) expect(await isSignedIn(other)).toBe(false);
  expect(await isSignedIn(person.browser)).toBe(true);
  expect(await isSignedIn(stranger.browser)).toBe(true);
});

it('the limit of sessions per user ends the oldest session when one more signs in, and not before', async ({ app }) => {
  const person = await signedIn(app);
  const browsers = [person.browser];
  const exceeding = () => app.log().filter(({ event }) => event === 'excess_sessions_exceeded');
  while (browsers.length < MAX_SESSIONS_PER_USER - 1) {
    app.clock.now += 1;
    browsers.push(await browserWithSession(app, { user: { id: person.id, credentialVersion: 1 } }));
  }
  app.clock.now += 1;
  browsers.push(await logIn(app, person));
  expect(await Promise.all(browsers.map(isSignedIn))).not.toContain(false);
  expect(exceeding()).toEqual([]);
  app.clock.now += 1;
  browsers.push(await logIn(app, person));
  expect(await Promise.all(browsers.map(isSignedIn))).toEqual(browsers.map((browser) => browser !== person.browser));
  expect(exceeding()).toEqual([expect.objectContaining({ user: person.id, ended: 1 })]);
});

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

  it.for([
    ['/api/auth/reauthenticate', 'sessions.insert'],
    ['/api/auth/reauthenticate', 'sessions.remove'],
    ['/api/auth/password', 'sessions.insert'],
    ['/api/auth/password', 'sessions.remove'],
  ] as const)('under a new id: %s, which waits for %s', async ([path, call], { app }) => {
    const { browser, id } = await signedIn(app);
    const other = await browser.copy();
    const held = app.faults.holdNext(call);
    const body = { password: PASSWORD, currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` };
    const renewal = browser.post(path, body);
    await Promise.race([held.reached, renewal]);
    expect((await other.post('/api/auth/logout')).status).toBe(204);
    held.release();
    await renewal;
    expect(await app.services.store.list(id)).toEqual([]);
  });

  it.for(['/api/auth/reauthenticate', '/api/auth/password'])(
    'that read it before it went on under a new id: %s',
    async (path, { app }) => {
      for (const call of ['users.findById', 'sessions.remove']) {
        const { browser, id } = await signedIn(app);
        const late = await browser.copy();
        const older = { user: { id, credentialVersion: 2 }, createdAt: app.clock.now - 1 };
        await browserWithSession(app, older);
        const held = app.faults.holdNext(call);
        const logout = late.post('/api/auth/logout');
        await Promise.race([held.reached, logout]);
        const body = { password: PASSWORD, currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` };
        await browser.post(path, body);
        held.release();
        expect((await logout).status).toBe(204);
        const left = (await app.services.store.list(id)).map(({ content }) => content.createdAt);
        expect([call, left]).toEqual([call, path.endsWith('password') ? [] : [older.createdAt]]);
      }
    },
  );

  it('by a body that comes slowly', async ({ app }) => {
    const { browser } = await signedIn(app);
    const headers = { origin: app.origin, cookie: `${COOKIE_NAME}=${await browser.cookie()}` };
    const json = { 'content-type': 'application/json', 'content-length': 2, expect: '100-continue' };
    const options = { method: 'POST', ca: app.ca, headers: { ...headers, ...json } };
    const slow = request(new URL('/api/nothing', app.origin), options);
    slow.flushHeaders();
    await once(slow, 'continue');
    slow.write('{');
    expect(await isSignedIn(browser)).toBe(true); // by then the head has been worked on
    await browser.post('/api/auth/logout');
    slow.end('}');
    const [answer] = await once(slow, 'response');
    expect(answer.resume().statusCode).toBe(401);
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
