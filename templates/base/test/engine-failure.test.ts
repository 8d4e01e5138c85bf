import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineUnavailable, withDeadline } from '../src/deadline.ts';
import { ENGINE_DEADLINE_MS } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { isSignedIn, logIn, newPerson, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

const UNAVAILABLE = { status: 503, body: { error: { code: 'unavailable' } } };

describe('a call to the engine', () => {
  it('that is never answered fails at its deadline, whatever the driver does', async () => {
    vi.useFakeTimers();
    try {
      let outcome: unknown = 'waiting';
      void withDeadline('test', () => new Promise(() => {})).catch((error) => {
        outcome = error;
      });
      await vi.advanceTimersByTimeAsync(ENGINE_DEADLINE_MS - 1);
      expect(outcome).toBe('waiting');
      await vi.advanceTimersByTimeAsync(1);
      expect(outcome).toBeInstanceOf(EngineUnavailable);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('when the engine fails', () => {
  it('a signed-in request is answered 503, neither as signed in nor as signed out', async () => {
    const { browser } = await register(app);
    for (const call of ['sessions.read', 'users.findById']) {
      app.faults.fail(call);
      for (const path of ['/api/session', '/api/sessions', '/api/cart']) {
        const answer = await browser.get(path);
        expect(answer).toMatchObject(UNAVAILABLE);
        expect(answer.cookies).toEqual([]);
      }
      app.faults.clear();
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each(['throttle.take', 'users.findByEmail', 'sessions.insert', 'sessions.listByUser', 'throttle.giveBack'])(
    'during %s, a login answers 503 and sets no cookie',
    async (call) => {
      const person = await register(app);
      const browser = app.browser();
      app.faults.fail(call);
      const answer = await browser.post('/api/auth/login', person);
      expect(answer).toMatchObject(UNAVAILABLE);
      expect(answer.cookies).toEqual([]);
      app.faults.clear();
      expect(await isSignedIn(browser)).toBe(false);
      await logIn(app, person, browser);
    },
  );

  it('a login over a visitor session whose old record cannot be removed does not go on', async () => {
    const person = await register(app);
    const browser = app.browser();
    await browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    app.faults.fail('sessions.remove');
    expect(await browser.post('/api/auth/login', person)).toMatchObject(UNAVAILABLE);
    app.faults.clear();
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('a logout that could not be done says so', async () => {
    const { browser } = await register(app);
    const thief = await browser.copy();
    app.faults.fail('sessions.remove');
    expect(await browser.post('/api/auth/logout')).toMatchObject(UNAVAILABLE);
    app.faults.clear();
    expect((await thief.post('/api/auth/logout')).status).toBe(204);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('activity that could not be noted is a 503, before the handler runs', async () => {
    const { browser } = await register(app);
    app.clock.now += 60_000;
    app.faults.fail('sessions.touch');
    expect(await browser.get('/api/sessions')).toMatchObject(UNAVAILABLE);
  });

  it('a cart that could not be kept is a 503', async () => {
    const { browser } = await register(app);
    app.faults.fail('sessions.update');
    expect(await browser.put('/api/cart', { items: [] })).toMatchObject(UNAVAILABLE);
    app.faults.clear();
    app.faults.fail('sessions.insert');
    const visitor = app.browser();
    const answer = await visitor.put('/api/cart', { items: [] });
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(answer.cookies).toEqual([]);
  });

  it('re-authentication and a password change answer 503 without a cookie', async () => {
    for (const call of ['sessions.remove', 'sessions.insert']) {
      const { browser } = await register(app);
      app.faults.fail(call);
      const renewal = await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
      expect(renewal).toMatchObject(UNAVAILABLE);
      expect(renewal.cookies).toEqual([]);
      app.faults.clear();
    }
    const { browser } = await register(app);
    app.faults.fail('sessions.removeByUser');
    const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` };
    const answer = await browser.post('/api/auth/password', change);
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(answer.cookies).toEqual([]);
  });

  it('says nothing of it to the client and everything to the log', async () => {
    app.faults.fail('users.findByEmail');
    const { text } = await app.browser().post('/api/auth/login', newPerson());
    expect(text).not.toMatch(/test|users|stack|Error/);
    expect(app.log()).toContainEqual(
      expect.objectContaining({ event: 'sys_engine_unavailable', call: 'users.findByEmail' }),
    );
  });

  it('readyz answers 503 and livez 200', async () => {
    app.faults.fail('ping');
    expect((await app.browser().get('/readyz')).status).toBe(503);
    expect((await app.browser().get('/livez')).status).toBe(200);
    app.faults.clear();
    expect((await app.browser().get('/readyz')).status).toBe(200);
  });

  it('a visitor without a session is served all the same', async () => {
    app.faults.fail('');
    expect((await app.browser().get('/api/session')).body).toEqual({ authenticated: false });
  });
});
