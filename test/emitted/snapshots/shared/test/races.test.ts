/** Does anything survive when requests overtake each other on a slow database, at random? STRESS=1 makes it long. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { ACCOUNT_AND_ADDRESS_LIMIT, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { it, type TestApp } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import { browserWithSession, isSignedIn, logIn, PASSWORD, recordOf, signedIn, visitor } from './support/fixtures.ts';

const [ROUNDS, TABS] = process.env.STRESS ? [100, 50] : [5, 6];
const SLOWNESS_MS = 10;

/** What the pages in some tabs ask for, one after the other; a write is what a route does that changes the session. */
type Tabs = ('/api/session' | '/api/sessions' | 'write')[][];

/** That many rounds, each with requests of its own. */
async function rounds(play: (tabs: Tabs) => Promise<void>): Promise<void> {
  const request = fc.constantFrom('/api/session', '/api/sessions', 'write');
  const tab = fc.array(request, { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(fc.array(tab, { minLength: TABS, maxLength: TABS }), play);
  await fc.assert(property, { numRuns: ROUNDS, endOnFailure: true });
}

interface Race {
  tabs: Tabs;
  browser: Browser;
  /** Whose the browser is; nobody's for a visitor. */
  email?: string;
  /** What happens among the requests. */
  event: () => Promise<unknown>;
}

/**
 * Sends requests with a browser's cookie while the event takes place. Each answer must be a good one or a clean
 * refusal, and tell of nobody else; afterwards neither the old cookie nor one that came back opens anything.
 */
async function race(app: TestApp, { tabs, browser, email, event }: Race): Promise<void> {
  const before = await browser.copy();
  const copies = await Promise.all(tabs.map(() => before.copy()));
  app.clock.now += TOUCH_INTERVAL_MS; // each request wants to note that the session is in use
  app.faults.slow(SLOWNESS_MS);
  const send = async (copy: Browser, request: Tabs[number][number]) => {
    if (request === 'write') return write(app, copy);
    const { status, body } = await copy.get(request);
    expect([200, 401, 503]).toContain(status); // 503: a database that so many requests are too much for
    if (body.user) expect(body.user.email).toBe(email);
  };
  const pages = copies.map(async (copy, index) => {
    for (const request of tabs[index] ?? []) await send(copy, request);
  });
  const done = await Promise.allSettled([...pages, event()]);
  app.faults.clear();

  for (const result of done) if (result.status === 'rejected') throw result.reason;
  expect((await before.get('/api/sessions')).status).toBe(401);
  expect(await recordOf(app, before)).toBeNull();
  for (const copy of copies) {
    if ((await copy.cookie()) !== (await before.cookie())) expect(await isSignedIn(copy)).toBe(false);
  }
}

/** Without a route, so that no example has to be kept for it. */
async function write({ services: { store } }: TestApp, browser: Browser): Promise<void> {
  const id = idIn(await browser.cookie());
  try {
    const content = await store.read(id);
    if (content) await store.save(id, Object.assign(content, { written: true }));
  } catch (error) {
    expect(['SessionEnded', 'DatabaseUnavailable']).toContain(error instanceof Error && error.name);
  }
}

describe('many requests of one session at once', () => {
  it('never bring it back after a logout among them', ({ app }) =>
    rounds(async (tabs) => {
      const { browser, email } = await signedIn(app);
      const event = async () => expect((await browser.post('/api/auth/logout')).status).toBe(204);
      await race(app, { tabs, browser, email, event });
    }));

  it('never bring it back after another session of the user has ended it', ({ app }) =>
    rounds(async (tabs) => {
      const { browser, email, id } = await signedIn(app);
      const other = await browserWithSession(app, { user: { id, credentialVersion: 1 } });
      const event = async () => expect((await other.delete('/api/sessions')).status).toBe(200);
      await race(app, { tabs, browser, email, event });
      expect(await isSignedIn(other)).toBe(true);
    }));

  it('never keep it alive, nor one made with the old password, after a password change among them', ({ app }) =>
    rounds(async (tabs) => {
      const person = await signedIn(app);
      const old = await person.browser.copy();
      const attackers = tabs.slice(0, 2).map((tab) => ({ browser: app.browser(), waits: tab.length }));
      const event = () =>
        Promise.all([
          person.browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} anew` }),
          ...attackers.map(async ({ browser, waits }) => {
            for (let wait = 1; wait < waits; wait += 1) await old.get('/api/session');
            expect([200, 401]).toContain((await browser.post('/api/auth/login', person)).status);
          }),
        ]);
      await race(app, { tabs, ...person, event });
      for (const { browser } of attackers) expect(await isSignedIn(browser)).toBe(false);
      expect(await isSignedIn(person.browser)).toBe(true);
    }));

  it('never see anything of somebody else who signs in in the same browser', ({ app }) =>
    rounds(async (tabs) => {
      const first = await signedIn(app);
      const second = await signedIn(app);
      await race(app, { tabs, ...first, event: () => logIn(app, second, first.browser) });
      expect((await first.browser.get('/api/session')).body.user.email).toBe(second.email);
    }));

  it('never turn the id that a visitor had into one that is signed in', ({ app }) =>
    rounds(async (tabs) => {
      const person = await signedIn(app);
      const browser = await visitor(app);
      await race(app, { tabs, browser, event: () => logIn(app, person, browser) });
      expect(await isSignedIn(browser)).toBe(true);
    }));
});

it('a hundred wrong logins at once hash no more passwords than the throttle allows', async ({ app }) => {
  const { email } = await signedIn(app);
  const attacker = app.browser();
  const guess = () => attacker.post('/api/auth/login', { email, password: 'a wrong guess' });
  const calls = await app.faults.callsOf(() =>
    Promise.all(Array.from({ length: ACCOUNT_AND_ADDRESS_LIMIT.points + 90 }, guess)),
  );
  const hashed = calls.filter((call) => call === 'users.findByEmail').length;
  expect(hashed).toBeGreaterThan(0);
  expect(hashed).toBeLessThanOrEqual(ACCOUNT_AND_ADDRESS_LIMIT.points);
});
