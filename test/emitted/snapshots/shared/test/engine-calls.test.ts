/** What a request costs the engine. More calls are more to wait for, and more for an attacker to make others wait. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { logIn, register, type SignedIn, somebodySignedIn } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

async function callsOf(request: () => Promise<unknown>): Promise<string[]> {
  app.faults.calls.length = 0;
  await request();
  return [...app.faults.calls];
}

describe('a request of a visitor', () => {
  it.each(['/api/session', '/api/cart', '/api/sessions', '/livez', '/nothing'])('to %s calls nothing', async (path) => {
    expect(await callsOf(() => app.browser().get(path))).toEqual([]);
  });

  it('with a cookie whose signature is wrong calls nothing', async () => {
    const browser = app.browser();
    await browser.plant('guessed.signature');
    expect(await callsOf(() => browser.get('/api/session'))).toEqual([]);
  });

  it('that signs in makes a session, and ends none where there is none', async () => {
    const person = await register(app);
    const calls = await callsOf(() => logIn(app, person));
    expect(calls.filter((name) => /^sessions\.(insert|remove)$/.test(name))).toEqual(['sessions.insert']);
  });
});

describe('a request of a signed-in user', () => {
  let person: SignedIn;
  beforeEach(async () => {
    person = await somebodySignedIn(app);
  });

  it.each(['/api/session', '/api/cart'])(
    'to %s reads the session and the user once, and writes nothing',
    async (path) => {
      app.clock.now += TOUCH_INTERVAL_MS - 1;
      expect(await callsOf(() => person.browser.get(path))).toEqual(['sessions.read', 'users.findById']);
    },
  );

  it('writes once more when the touch interval is over', async () => {
    app.clock.now += TOUCH_INTERVAL_MS;
    const calls = await callsOf(() => person.browser.get('/api/cart'));
    expect(calls).toEqual(['sessions.read', 'users.findById', 'sessions.touch']);
  });

  it('that writes to the session writes once', async () => {
    const calls = await callsOf(() => person.browser.put('/api/cart', { items: [] }));
    expect(calls).toEqual(['sessions.read', 'users.findById', 'sessions.update']);
  });
});
