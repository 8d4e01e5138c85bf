/** Requests of one session that overtake each other on a slow engine, at random. STRESS=1 makes it long. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_AND_ADDRESS_LIMIT, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { type Answer, type Browser, idIn } from './support/browser.ts';
import { isSignedIn, logIn, PASSWORD, signedInBrowser, somebodySignedIn } from './support/people.ts';
import { type Random, randomFrom, SEED } from './support/random.ts';

const [ROUNDS, REQUESTS] = process.env.STRESS ? [100, 50] : [5, 6];
const SLOWNESS_MS = 10;

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

/** The visitor's or user's own: its name is found in no other cart. */
const cartOf = (email: string) => ({ items: [{ sku: email.replace('@', '.'), quantity: 1 }] });

/** What a page may ask for at any time. */
const REQUESTS_OF_A_PAGE: ((browser: Browser, email: string) => Promise<Answer>)[] = [
  (browser) => browser.get('/api/session'),
  (browser) => browser.get('/api/sessions'),
  (browser) => browser.get('/api/cart'),
  (browser, email) => browser.put('/api/cart', cartOf(email)),
];

interface Race {
  random: Random;
  browser: Browser;
  email: string;
  /** What happens among the requests. */
  event: () => Promise<unknown>;
}

/**
 * Sends requests with a browser's cookie while the event takes place. Each answer must be a good one or a clean
 * refusal, and hold nothing of anybody else; afterwards neither the old cookie nor one that came back opens anything.
 */
async function race({ random, browser, email, event }: Race): Promise<void> {
  const before = await browser.copy();
  app.clock.now += TOUCH_INTERVAL_MS; // each request wants to note that the session is in use
  app.faults.slow(SLOWNESS_MS);
  const request = async () => {
    const copy = await before.copy();
    await new Promise((wait) => setTimeout(wait, random.below(3 * SLOWNESS_MS)));
    return { copy, answer: await random.oneOf(REQUESTS_OF_A_PAGE)(copy, email) };
  };
  const [done] = await Promise.all([Promise.all(Array.from({ length: REQUESTS }, request)), event()]);
  app.faults.clear();

  for (const { answer } of done) {
    expect([200, 401, 503]).toContain(answer.status); // 503: an engine that so many requests are too much for
    if (answer.body.user) expect(answer.body.user.email).toBe(email);
    if (answer.body.items?.length) expect(answer.body).toEqual(cartOf(email));
  }
  const old = await before.cookie();
  expect((await before.get('/api/sessions')).status).toBe(401);
  expect(await app.records.read(keyOf(idIn(old)))).toBeNull();
  for (const { copy } of done) {
    if ((await copy.cookie()) !== old) expect(await isSignedIn(copy)).toBe(false);
  }
}

/** That many rounds, each with choices of its own. A failure tells how to repeat it. */
async function rounds(play: (random: Random) => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await play(randomFrom(SEED + round)).catch((error) => {
      throw new Error(`SEED=${SEED + round}`, { cause: error });
    });
  }
}

describe('many requests of one session at once', () => {
  it('never bring it back after a logout among them', () =>
    rounds(async (random) => {
      const { browser, email } = await somebodySignedIn(app);
      const event = async () => expect((await browser.post('/api/auth/logout')).status).toBe(204);
      await race({ random, browser, email, event });
    }));

  it('never bring it back after another session of the user has ended it', () =>
    rounds(async (random) => {
      const { browser, email, id } = await somebodySignedIn(app);
      const other = await signedInBrowser(app, { id });
      const event = async () => expect((await other.delete('/api/sessions')).status).toBe(200);
      await race({ random, browser, email, event });
      expect(await isSignedIn(other)).toBe(true);
    }));

  it('never keep it alive, nor one made with the old password, after a password change among them', () =>
    rounds(async (random) => {
      const person = await somebodySignedIn(app);
      const attackers = Array.from({ length: 2 }, () => app.browser());
      const newPassword = `${PASSWORD} anew`;
      const event = () =>
        Promise.all([
          person.browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword }),
          ...attackers.map(async (attacker) => {
            await new Promise((wait) => setTimeout(wait, random.below(6 * SLOWNESS_MS)));
            const { status } = await attacker.post('/api/auth/login', person);
            expect([200, 401]).toContain(status);
          }),
        ]);
      await race({ random, ...person, event });
      for (const attacker of attackers) expect(await isSignedIn(attacker)).toBe(false);
      expect(await isSignedIn(person.browser)).toBe(true);
    }));

  it('never see anything of somebody else who signs in in the same browser', () =>
    rounds(async (random) => {
      const first = await somebodySignedIn(app);
      await first.browser.put('/api/cart', cartOf(first.email));
      const second = await somebodySignedIn(app);
      await race({ random, ...first, event: () => logIn(app, second, first.browser) });
      expect((await first.browser.get('/api/session')).body.user.email).toBe(second.email);
      expect((await first.browser.get('/api/cart')).body).toEqual({ items: [] });
    }));

  it('never turn the id that a visitor had into one that is signed in', () =>
    rounds(async (random) => {
      const person = await somebodySignedIn(app);
      const browser = app.browser();
      await browser.put('/api/cart', cartOf(person.email));
      await race({ random, browser, email: person.email, event: () => logIn(app, person, browser) });
      expect(await isSignedIn(browser)).toBe(true);
      expect((await browser.get('/api/cart')).body).toEqual(cartOf(person.email));
    }));
});

describe('a hundred wrong logins at once', () => {
  it('hash no more passwords than the throttle allows', async () => {
    const { email } = await somebodySignedIn(app);
    const attacker = app.browser();
    const guess = () => attacker.post('/api/auth/login', { email, password: 'a wrong guess' });
    const answers = await Promise.all(Array.from({ length: 100 }, guess));
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled).toHaveLength(100 - ACCOUNT_AND_ADDRESS_LIMIT.points);
    expect(app.faults.calls.filter((call) => call === 'users.findByEmail')).toHaveLength(
      ACCOUNT_AND_ADDRESS_LIMIT.points,
    );
  });
});
