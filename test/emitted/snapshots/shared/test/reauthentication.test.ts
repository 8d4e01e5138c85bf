import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { Problem } from '../src/problems.ts';
import { ABSOLUTE_TIMEOUT_MS, IDLE_TIMEOUT_MS, REAUTHENTICATION_WINDOW_MS } from '../src/security-policy.ts';
import { createGuards } from '../src/session/guards.ts';
import { keyOf } from '../src/session/keys.ts';
import type { SessionRequest } from '../src/session/rotation.ts';
import { SessionStore } from '../src/session/store.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

describe('POST /api/auth/reauthenticate', () => {
  it('issues a new id and ends the old one', async () => {
    const { browser } = await register(app);
    const thief = await browser.copy();
    const { status, body } = await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
    expect(status).toBe(200);
    expect(Date.parse(body.reauthenticatedUntil)).toBe(app.clock.now + REAUTHENTICATION_WINDOW_MS);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await app.records.read(keyOf(idIn(await thief.cookie())))).toBeNull();
  });

  it('restarts all three clocks and keeps the time of the sign-in', async () => {
    const { browser } = await register(app);
    const before = (await browser.get('/api/session')).body;
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
    const after = (await browser.get('/api/session')).body;
    expect(after.createdAt).toBe(before.createdAt);
    expect(Date.parse(after.idleExpiresAt)).toBe(app.clock.now + IDLE_TIMEOUT_MS);
    expect(Date.parse(after.absoluteExpiresAt)).toBe(app.clock.now + ABSOLUTE_TIMEOUT_MS);
    expect(Date.parse(after.reauthenticatedUntil)).toBe(app.clock.now + REAUTHENTICATION_WINDOW_MS);
  });

  it('keeps what the session holds', async () => {
    const { browser } = await register(app);
    await browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
    expect((await browser.get('/api/cart')).body.items).toHaveLength(1);
  });

  it('refuses a wrong password and leaves the session as it was', async () => {
    const { browser } = await register(app);
    const before = await browser.cookie();
    const { status, body, cookies } = await browser.post('/api/auth/reauthenticate', { password: 'wrong' });
    expect(status).toBe(401);
    expect(body.error.code).toBe('invalid_credentials');
    expect(cookies).toEqual([]);
    expect(await browser.cookie()).toBe(before);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is for signed-in users', async () => {
    const { status } = await app.browser().post('/api/auth/reauthenticate', { password: PASSWORD });
    expect(status).toBe(401);
  });
});

describe('what an unattended browser must not allow', () => {
  it.each([
    ['DELETE', '/api/account'],
    ['DELETE', '/api/sessions'],
    ['DELETE', '/api/sessions/some-handle'],
  ])('%s %s asks for the password again once the window has closed', async (method, path) => {
    const { browser } = await register(app);
    app.clock.now += REAUTHENTICATION_WINDOW_MS;
    const { status, body } = await browser.send(method, path);
    expect(status).toBe(403);
    expect(body.error.code).toBe('reauthentication_required');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is refused to a visitor by this guard alone, should a route not ask for a login first', () => {
    const log = createLog();
    const store = new SessionStore(app.records, Date.now, log);
    const guards = createGuards(store, async () => null, Date.now, log);
    expect(() => guards.requireRecentLogin({} as SessionRequest)).toThrow(new Problem('unauthenticated'));
  });
});
