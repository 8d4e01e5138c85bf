import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ABSOLUTE_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  REAUTHENTICATION_WINDOW_MS,
  TOUCH_INTERVAL_MS,
} from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import { isSignedIn, register } from './support/people.ts';

const SECOND_MS = 1000;

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

/** A request that counts as activity. */
const use = async (browser: Browser) => (await browser.get('/api/sessions')).status;

describe('the idle time-out', () => {
  it('lets a session live until the last second before it', async () => {
    const { browser } = await register(app);
    app.clock.now += IDLE_TIMEOUT_MS - SECOND_MS;
    expect(await use(browser)).toBe(200);
  });

  it('ends a session that nobody used, and removes its record', async () => {
    const { browser } = await register(app);
    app.clock.now += IDLE_TIMEOUT_MS;
    expect(await use(browser)).toBe(401);
    expect(await app.records.read(keyOf(idIn(await browser.cookie())))).toBeNull();
  });

  it('starts again with activity', async () => {
    const { browser } = await register(app);
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    expect(await use(browser)).toBe(200);
    app.clock.now += IDLE_TIMEOUT_MS - SECOND_MS;
    const isOver = IDLE_TIMEOUT_MS * 1.5 - SECOND_MS >= ABSOLUTE_TIMEOUT_MS;
    expect(await use(browser)).toBe(isOver ? 401 : 200);
  });

  it('is not restarted by a page that only asks for the state of the session', async () => {
    const { browser } = await register(app);
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    expect(await isSignedIn(browser)).toBe(true);
    await browser.get('/livez');
    app.clock.now += IDLE_TIMEOUT_MS / 2;
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('is written once per touch interval, so that a busy session costs reads only', async () => {
    const { browser } = await register(app);
    app.clock.now += TOUCH_INTERVAL_MS;
    app.faults.calls.length = 0;
    for (let request = 0; request < 5; request += 1) expect(await use(browser)).toBe(200);
    expect(app.faults.calls.filter((name) => name === 'sessions.touch')).toHaveLength(1);
  });

  it('is reported as it will be kept', async () => {
    const { browser } = await register(app);
    const start = app.clock.now;
    app.clock.now += TOUCH_INTERVAL_MS - 1;
    await use(browser);
    const { body } = await browser.get('/api/session');
    expect(Date.parse(body.idleExpiresAt)).toBe(start + IDLE_TIMEOUT_MS);
  });
});

describe('the absolute time-out', () => {
  it('ends a session however busy it is, and no activity moves it', async () => {
    const { browser } = await register(app);
    const end = app.clock.now + ABSOLUTE_TIMEOUT_MS;
    while (app.clock.now + IDLE_TIMEOUT_MS / 2 < end - SECOND_MS) {
      app.clock.now += IDLE_TIMEOUT_MS / 2;
      expect(await use(browser)).toBe(200);
    }
    expect(Date.parse((await browser.get('/api/session')).body.absoluteExpiresAt)).toBe(end);
    app.clock.now = end - SECOND_MS;
    expect(await use(browser)).toBe(200);
    app.clock.now = end;
    expect(await use(browser)).toBe(401);
  });
});

describe('what the engine is told of the end of a session', () => {
  it('is the time-out that comes first, at the sign-in and with each activity', async () => {
    const [insert, touch] = [vi.spyOn(app.records, 'insert'), vi.spyOn(app.records, 'touch')];
    const { browser, id } = await register(app);
    const start = app.clock.now;
    const end = start + ABSOLUTE_TIMEOUT_MS;
    expect(insert.mock.lastCall?.[2]).toBe(Math.min(start + IDLE_TIMEOUT_MS, end));
    app.clock.now += TOUCH_INTERVAL_MS;
    expect(await use(browser)).toBe(200);
    expect(touch.mock.lastCall?.[2]).toBe(Math.min(app.clock.now + IDLE_TIMEOUT_MS, end));

    app.clock.now = end - SECOND_MS;
    const [record] = await app.records.listByUser(id);
    await app.records.touch(record?.key ?? '', app.clock.now - TOUCH_INTERVAL_MS, end);
    expect(await use(browser)).toBe(200);
    expect(touch.mock.lastCall?.slice(1)).toEqual([app.clock.now, end]);
  });
});

describe('the re-authentication window', () => {
  it('opens at the sign-in and closes in time, whatever the activity', async () => {
    const { browser } = await register(app);
    const { body } = await browser.get('/api/session');
    expect(Date.parse(body.reauthenticatedUntil)).toBe(app.clock.now + REAUTHENTICATION_WINDOW_MS);
    app.clock.now += REAUTHENTICATION_WINDOW_MS - SECOND_MS;
    expect((await browser.delete('/api/sessions')).status).toBe(200);
    app.clock.now += SECOND_MS;
    const late = await browser.delete('/api/sessions');
    expect(late.status).toBe(403);
    expect(late.body.error.code).toBe('reauthentication_required');
  });
});
