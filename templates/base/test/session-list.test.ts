import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IDLE_TIMEOUT_MS, MAX_SESSIONS_PER_USER, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { isSignedIn, logIn, register } from './support/people.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

describe('GET /api/sessions', () => {
  it('lists the own sessions only, the newest first, and marks the current one', async () => {
    const person = await register(app);
    const start = app.clock.now;
    app.clock.now += TOUCH_INTERVAL_MS;
    const other = await logIn(app, person);
    await register(app);
    const { body } = await other.get('/api/sessions');
    const row = { id: expect.any(String), userAgent: 'test browser' };
    expect(body).toEqual([
      {
        ...row,
        createdAt: isoTime(app.clock.now),
        lastSeenAt: isoTime(app.clock.now),
        ip: shortened(other.address),
        current: true,
      },
      {
        ...row,
        createdAt: isoTime(start),
        lastSeenAt: isoTime(start),
        ip: shortened(person.browser.address),
        current: false,
      },
    ]);
  });

  it('keeps little of what a browser says of itself, however much that is', async () => {
    const person = await register(app);
    const body = { email: person.email, password: person.password };
    await app.browser().post('/api/auth/login', body, { headers: { 'user-agent': 'x'.repeat(4000) } });
    const lengths = (await person.browser.get('/api/sessions')).body.map(
      ({ userAgent }: { userAgent: string }) => userAgent.length,
    );
    expect(Math.max(...lengths)).toBe(256);
  });

  it('leaves out what has ended, though its record may still be there', async () => {
    const person = await register(app);
    app.clock.now += IDLE_TIMEOUT_MS;
    const later = await logIn(app, person);
    const { body } = await later.get('/api/sessions');
    expect(body.map(({ current }: { current: boolean }) => current)).toEqual([true]);
  });

  it('names sessions by handles that open nothing', async () => {
    const { browser } = await register(app);
    const value = (await browser.cookie()) ?? '';
    const { body, text } = await browser.get('/api/sessions');
    expect(text).not.toContain(idIn(value));
    expect(text).not.toContain(keyOf(idIn(value)));
    const stranger = app.browser();
    await stranger.plant(value.replace(idIn(value), body[0].id));
    expect(await isSignedIn(stranger)).toBe(false);
  });

  it('is for signed-in users', async () => {
    const { status, body } = await app.browser().get('/api/sessions');
    expect(status).toBe(401);
    expect(body.error.code).toBe('unauthenticated');
  });
});

describe('DELETE /api/sessions/:id', () => {
  it('ends another session of the user', async () => {
    const person = await register(app);
    const other = await logIn(app, person);
    const { body } = await person.browser.get('/api/sessions');
    const { id } = body.find(({ current }: { current: boolean }) => !current);
    expect((await person.browser.delete(`/api/sessions/${id}`)).status).toBe(204);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('does not know the session of somebody else', async () => {
    const person = await register(app);
    const stranger = await register(app);
    const [{ id }] = (await stranger.browser.get('/api/sessions')).body;
    const { status, body } = await person.browser.delete(`/api/sessions/${id}`);
    expect(status).toBe(404);
    expect(body.error.code).toBe('not_found');
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('is a logout when it names the current session', async () => {
    const { browser } = await register(app);
    const [{ id }] = (await browser.get('/api/sessions')).body;
    const { status, headers } = await browser.delete(`/api/sessions/${id}`);
    expect(status).toBe(204);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await browser.cookie()).toBeUndefined();
  });

  it.each(['x', '%00', 'a'.repeat(4000), '..%2f', '%7B%22$ne%22%3A1%7D'])(
    'answers 404 to the handle %.20s',
    async (handle) => {
      const { browser } = await register(app);
      expect((await browser.delete(`/api/sessions/${handle}`)).status).toBe(404);
    },
  );
});

describe('DELETE /api/sessions', () => {
  it('ends all sessions of the user but the current one, and says how many', async () => {
    const person = await register(app);
    const others = [await logIn(app, person), await logIn(app, person)];
    const stranger = await register(app);
    const { status, body } = await person.browser.delete('/api/sessions');
    expect(status).toBe(200);
    expect(body).toEqual({ terminated: 2 });
    for (const other of others) expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(person.browser)).toBe(true);
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });
});

describe('the limit of sessions per user', () => {
  it('ends the oldest session when one more signs in', async () => {
    const person = await register(app);
    const browsers = [person.browser];
    const signInOnceMore = async () => {
      app.clock.now += 1;
      browsers.push(await logIn(app, person));
    };
    const exceeding = () => app.log().filter(({ event }) => event === 'excess_sessions_exceeded');
    while (browsers.length < MAX_SESSIONS_PER_USER) await signInOnceMore();
    expect(exceeding()).toEqual([]);
    await signInOnceMore();
    const alive = await Promise.all(browsers.map(isSignedIn));
    expect(alive).toEqual([false, ...Array.from({ length: MAX_SESSIONS_PER_USER }, () => true)]);
    expect(exceeding()).toEqual([expect.objectContaining({ user: person.id, ended: 1 })]);
  });
});

const isoTime = (time: number) => new Date(time).toISOString();
const shortened = (ip: string) => ip.replace(/\d+$/, '0');
