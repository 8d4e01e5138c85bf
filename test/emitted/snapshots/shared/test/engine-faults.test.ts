/** Each call to the engine that an action makes, failing in its turn: the calls are found by watching the action. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { handleOf, keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { type Answer, type Browser, idIn } from './support/browser.ts';
import { isSignedIn, newPerson, PASSWORD, type SignedIn, somebodySignedIn } from './support/people.ts';

let app: TestApp;
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeAll(async () => {
  app = await startApp();
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await app.close();
});

const handleIn = async (browser: Browser) => handleOf(keyOf(idIn(await browser.cookie())));

/** What a signed-in user does. */
const ACTIONS: Record<string, (person: SignedIn) => Promise<Answer>> = {
  'looking at the session': ({ browser }) => browser.get('/api/session'),
  'listing sessions': ({ browser }) => browser.get('/api/sessions'),
  'reading the cart': ({ browser }) => browser.get('/api/cart'),
  'writing the cart': ({ browser }) => browser.put('/api/cart', { items: [] }),
  registering: ({ browser }) => browser.post('/api/auth/register', newPerson()),
  'signing in': ({ browser, email, password }) => browser.post('/api/auth/login', { email, password }),
  'giving the password again': ({ browser, password }) => browser.post('/api/auth/reauthenticate', { password }),
  'changing the password': ({ browser }) =>
    browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} anew` }),
  'signing out': ({ browser }) => browser.post('/api/auth/logout'),
  'ending the other sessions': ({ browser }) => browser.delete('/api/sessions'),
  'ending the current session': async ({ browser }) => browser.delete(`/api/sessions/${await handleIn(browser)}`),
  'deleting the account': ({ browser }) => browser.delete('/api/account'),
};

/** Somebody whose next request is also to note that the session is in use. */
async function somebody(): Promise<SignedIn> {
  const person = await somebodySignedIn(app);
  app.clock.now += TOUCH_INTERVAL_MS;
  app.faults.calls.length = 0;
  return person;
}

describe('a failing engine', () => {
  it.each(Object.entries(ACTIONS))('answers 503 whichever call fails while %s', async (_name, act) => {
    expect((await act(await somebody())).status).toBeLessThan(300);
    const calls = new Set(app.faults.calls);
    expect(calls).toContain('sessions.read');
    for (const call of calls) {
      const person = await somebody();
      app.faults.fail(call);
      const { status, body, cookies } = await act(person);
      app.faults.clear();
      expect([call, status, body?.error?.code]).toEqual([call, 503, 'unavailable']);
      expect([call, cookies]).toEqual([call, []]);
      // Signed in as before, or not at all: never without a record.
      const record = await app.records.read(keyOf(idIn(await person.browser.cookie())));
      if (await isSignedIn(person.browser)) expect([call, record]).toEqual([call, expect.anything()]);
    }
  });

  it('leaves no rejection that nobody handled, which would end the process', async () => {
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });

  it('that fails in a way nobody thought of is a 500 without details, and the next request is served', async () => {
    const { browser } = await somebody();
    for (const call of ['sessions.read', 'users.findById', 'sessions.listByUser']) {
      app.faults.fail(call, new TypeError('a bug in line 42'));
      const { status, text, cookies } = await browser.get('/api/sessions');
      app.faults.clear();
      expect([call, status, JSON.parse(text).error.code]).toEqual([call, 500, 'internal']);
      expect(text).not.toContain('line 42');
      expect(cookies).toEqual([]);
    }
    expect(app.logText()).toContain('a bug in line 42');
    expect((await browser.get('/api/sessions')).status).toBe(200);
  });
});
