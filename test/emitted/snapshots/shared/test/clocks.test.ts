/** Do the idle time-out, the absolute time-out and the re-authentication window begin and end when they should? */
import fc from 'fast-check';
import { describe, expect, vi } from 'vitest';
import * as policy from '../src/security-policy.ts';
import { keyOf } from '../src/session/store.ts';
import { it, type TestApp } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import { confirm, recordOf, type SignedIn, signedIn, signIn } from './support/fixtures.ts';

const SECOND_MS = 1000;

/** A request that counts as activity. */
const use = async (browser: Browser) => (await browser.get('/api/sessions')).status;

describe('the idle time-out', () => {
  it('ends a session that nobody used for so long, no second earlier, and removes its record', async ({ app }) => {
    const [used, unused] = [await signedIn(app), await signedIn(app)];
    app.clock.now += policy.IDLE_TIMEOUT_MS - SECOND_MS;
    expect(await use(used.browser)).toBe(200);
    app.clock.now += SECOND_MS;
    expect(await use(unused.browser)).toBe(401);
    expect(await recordOf(app, unused.browser)).toBeNull();
  });

  it.for([
    ['is restarted', 'a page of the app', '/api/sessions', 'same-origin'],
    ['is restarted', 'a typed address', '/api/sessions', 'none'],
    ['is not restarted', 'a link on another site', '/api/sessions', 'cross-site'],
    ['is not restarted', 'a link on another sub-domain', '/api/sessions', 'same-site'],
    ['is not restarted', 'a page that polls the state of the session', '/api/session', 'same-origin'],
    ['is not restarted', 'a probe', '/livez', 'none'],
  ] as const)('%s by %s', async ([verdict, , path, site], { app }) => {
    const { browser } = await signedIn(app);
    app.clock.now += policy.TOUCH_INTERVAL_MS;
    expect((await browser.get(path, { headers: { 'sec-fetch-site': site } })).status).toBe(200);
    app.clock.now += policy.IDLE_TIMEOUT_MS - policy.TOUCH_INTERVAL_MS;
    const isLive = verdict === 'is restarted' && policy.IDLE_TIMEOUT_MS < policy.ABSOLUTE_TIMEOUT_MS;
    expect(await use(browser)).toBe(isLive ? 200 : 401);
  });

  it('is written once per touch interval, so that a busy session costs reads only', async ({ app }) => {
    const { browser } = await signedIn(app);
    const end = app.clock.now + policy.IDLE_TIMEOUT_MS;
    const touchesOf = async (requests: number) => {
      const work = async () => {
        for (let request = 0; request < requests; request += 1) expect(await use(browser)).toBe(200);
      };
      return (await app.faults.callsOf(work)).filter((name) => name === 'sessions.touch').length;
    };
    app.clock.now += policy.TOUCH_INTERVAL_MS - 1;
    expect(await touchesOf(1)).toBe(0);
    expect(Date.parse((await browser.get('/api/session')).body.idleExpiresAt)).toBe(end);
    app.clock.now += 1;
    expect(await touchesOf(5)).toBe(1);
  });
});

it('the absolute time-out ends a session however busy it is, and no activity moves it', async ({ app }) => {
  const { browser } = await signedIn(app);
  const end = app.clock.now + policy.ABSOLUTE_TIMEOUT_MS;
  while (app.clock.now + policy.IDLE_TIMEOUT_MS / 2 < end - SECOND_MS) {
    app.clock.now += policy.IDLE_TIMEOUT_MS / 2;
    expect(await use(browser)).toBe(200);
  }
  app.clock.now = end - SECOND_MS;
  expect(await use(browser)).toBe(200);
  app.clock.now = end;
  expect(await use(browser)).toBe(401);
});

it('the database is told the time-out that comes first, at the sign-in and with each activity', async ({ start }) => {
  const app = await start();
  const { sessions } = app.records;
  const [insert, touch] = [vi.spyOn(sessions, 'insert'), vi.spyOn(sessions, 'touch')];
  const { browser, ...person } = await signedIn(app);
  await signIn(browser, person);
  const end = app.clock.now + policy.ABSOLUTE_TIMEOUT_MS;
  expect(insert.mock.lastCall?.[2]).toBe(Math.min(app.clock.now + policy.IDLE_TIMEOUT_MS, end));
  app.clock.now += policy.TOUCH_INTERVAL_MS;
  expect(await use(browser)).toBe(200);
  expect(touch.mock.lastCall?.[2]).toBe(Math.min(app.clock.now + policy.IDLE_TIMEOUT_MS, end));

  app.clock.now = end - SECOND_MS;
  const [record] = await sessions.listByUser(person.id);
  await sessions.touch(record?.key ?? '', app.clock.now - policy.TOUCH_INTERVAL_MS, end);
  expect(await use(browser)).toBe(200);
  expect(touch.mock.lastCall?.slice(1)).toEqual([app.clock.now, end]);
});

it('the re-authentication window opens at the sign-in and closes in time, whatever the activity', async ({ app }) => {
  const { browser, ...person } = await signedIn(app);
  await signIn(browser, person);
  app.clock.now += policy.REAUTHENTICATION_WINDOW_MS - SECOND_MS;
  expect((await browser.delete('/api/sessions')).status).toBe(200);
  app.clock.now += SECOND_MS;
  expect(await browser.delete('/api/sessions')).toMatchObject({ status: 403, code: 'reauthentication_required' });
});

/** When a session ends, and what moves that: the table in SECURITY.md. */
class Model {
  createdAt: number;
  renewedAt: number;
  usedAt: number;
  constructor(now: number) {
    this.createdAt = this.renewedAt = this.usedAt = now;
  }
  isLive = (now: number) =>
    now < this.usedAt + policy.IDLE_TIMEOUT_MS && now < this.renewedAt + policy.ABSOLUTE_TIMEOUT_MS;
  isRecent = (now: number) => now < this.renewedAt + policy.REAUTHENTICATION_WINDOW_MS;
  /** Written once per touch interval. */
  use(now: number) {
    if (now >= this.usedAt + policy.TOUCH_INTERVAL_MS) this.usedAt = now;
  }
  renew(now: number) {
    this.usedAt = this.renewedAt = now;
  }
  status() {
    return {
      createdAt: iso(this.createdAt),
      idleExpiresAt: iso(this.usedAt + policy.IDLE_TIMEOUT_MS),
      absoluteExpiresAt: iso(this.renewedAt + policy.ABSOLUTE_TIMEOUT_MS),
      reauthenticatedUntil: iso(this.renewedAt + policy.REAUTHENTICATION_WINDOW_MS),
    };
  }
}

const iso = (time: number) => new Date(time).toISOString();

/** One person, and what should be so. */
interface Run {
  app: TestApp;
  person: SignedIn;
  /** Null without a live session. */
  model: Model | null;
}

/**
 * More than the steps after one wait take. A database that removes ended records by itself goes by real time: a record
 * touched one millisecond before its end is gone one real millisecond later, while the clock of the test stands.
 */
const REAL_TIME_MS = 15_000;

/** Each does something, checks the answer, moves the model on, and says whether the id must be another now. */
const EVENTS = {
  async request({ app, person, model }: Run) {
    expect(await use(person.browser)).toBe(model ? 200 : 401);
    model?.use(app.clock.now);
    return false;
  },
  async dangerousRequest({ app, person, model }: Run) {
    const { status } = await person.browser.delete('/api/sessions');
    expect(status).toBe(model ? (model.isRecent(app.clock.now) ? 200 : 403) : 401);
    model?.use(app.clock.now);
    return false;
  },
  async login(run: Run) {
    expect((await signIn(run.person.browser, run.person)).status).toBe(200);
    run.model = new Model(run.app.clock.now);
    return true;
  },
  async reauthentication({ app, person, model }: Run) {
    expect((await confirm(person.browser, person)).status).toBe(model ? 200 : 401);
    model?.renew(app.clock.now);
    return model !== null;
  },
  async passwordChange({ app, person, model }: Run) {
    const change = { currentPassword: person.password, newPassword: `${person.password} 2`.slice(-60) };
    expect((await person.browser.post('/api/auth/password', change)).status).toBe(model ? 204 : 401);
    if (model) person.password = change.newPassword;
    model?.renew(app.clock.now);
    return model !== null;
  },
  async logout(run: Run) {
    const cookie = await run.person.browser.cookie();
    expect((await run.person.browser.post('/api/auth/logout')).status).toBe(204);
    run.model = null;
    return cookie !== undefined;
  },
  /** Only somebody who never rests comes to the absolute limit. */
  async manyRequests({ app, person, model }: Run) {
    const end = (model?.renewedAt ?? 0) + policy.ABSOLUTE_TIMEOUT_MS - REAL_TIME_MS;
    for (let request = 0; request < 40 && app.clock.now < end; request += 1) {
      expect(await use(person.browser)).toBe(200);
      model?.use(app.clock.now);
      app.clock.now = Math.min(end, app.clock.now + policy.IDLE_TIMEOUT_MS - policy.TOUCH_INTERVAL_MS);
    }
    return false;
  },
  /** To just before, just at or just after something should happen. */
  async wait({ app, model }: Run, { until, plus }: Moment) {
    const { usedAt = 0, renewedAt = 0 } = model ?? {};
    const ends = {
      touch: usedAt + policy.TOUCH_INTERVAL_MS,
      idle: usedAt + policy.IDLE_TIMEOUT_MS,
      window: renewedAt + policy.REAUTHENTICATION_WINDOW_MS,
      absolute: renewedAt + policy.ABSOLUTE_TIMEOUT_MS,
      anything: app.clock.now + policy.IDLE_TIMEOUT_MS / 3,
    };
    app.clock.now = Math.max(app.clock.now, ends[until] + plus);
    return false;
  },
};

interface Moment {
  until: 'touch' | 'idle' | 'window' | 'absolute' | 'anything';
  plus: number;
}

const moment = fc.record<Moment>({
  until: fc.constantFrom('touch', 'idle', 'window', 'absolute', 'anything'),
  plus: fc.constantFrom(-REAL_TIME_MS, 0, 1),
});
/** Waiting and asking cost nothing, so they come more often than what hashes a password. */
const OFTEN = ['wait', 'wait', 'wait', 'request', 'request', 'dangerousRequest'] as const;
const name = fc.constantFrom(...OFTEN, ...(Object.keys(EVENTS) as (keyof typeof EVENTS)[]));

it('the three clocks do what the table says in random sequences of events', async ({ app }) => {
  const sequence = fc.array(fc.tuple(name, moment), { minLength: 12, maxLength: 12 });
  const property = fc.asyncProperty(sequence, async (events) => {
    const person = await signedIn(app);
    const run: Run = { app, person, model: new Model(app.clock.now) };
    for (const [name, moment] of events) {
      const before = await person.browser.cookie();
      const isNew = await EVENTS[name](run, moment);
      if (!run.model?.isLive(app.clock.now)) run.model = null;
      expect((await person.browser.cookie()) !== before).toBe(isNew);
      if (isNew && before) expect(await app.records.sessions.read(keyOf(idIn(before)))).toBeNull();
      const { id, email } = person;
      const status = run.model && { user: { id, email }, ...run.model.status() };
      expect((await person.browser.get('/api/session')).body).toEqual({ authenticated: status !== null, ...status });
    }
  });
  await fc.assert(property, { numRuns: process.env.STRESS ? 400 : 6, endOnFailure: true });
});
