/** The three clocks against a model of ten lines: random sequences of what can happen to a session. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ABSOLUTE_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  REAUTHENTICATION_WINDOW_MS,
  TOUCH_INTERVAL_MS,
} from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { type SignedIn, somebodySignedIn } from './support/people.ts';
import { type Random, randomFrom, SEED } from './support/random.ts';

const SEQUENCES = process.env.STRESS ? 400 : 10;
const EVENTS_EACH = 12;

/**
 * More than the steps after one wait take. An engine that removes ended records by itself goes by real time: a record
 * touched one millisecond before its end is gone one real millisecond later, while the clock of the test stands.
 */
const REAL_TIME_MS = 15_000;

/** Waiting and asking cost nothing, so they come more often than what hashes a password. */
const OFTEN = ['wait', 'wait', 'wait', 'request', 'request', 'dangerousRequest'];

/** When a session ends, and what moves that: the table in SECURITY.md. */
class Model {
  createdAt: number;
  renewedAt: number;
  usedAt: number;
  constructor(now: number) {
    this.createdAt = this.renewedAt = this.usedAt = now;
  }
  isLive = (now: number) => now < this.usedAt + IDLE_TIMEOUT_MS && now < this.renewedAt + ABSOLUTE_TIMEOUT_MS;
  isRecent = (now: number) => now < this.renewedAt + REAUTHENTICATION_WINDOW_MS;
  /** Written once per touch interval. */
  use(now: number) {
    if (now >= this.usedAt + TOUCH_INTERVAL_MS) this.usedAt = now;
  }
  renew(now: number) {
    this.usedAt = this.renewedAt = now;
  }
}

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** One person, and what should be so. */
interface Run {
  person: SignedIn;
  /** Null: logged out. */
  model: Model | null;
  random: Random;
}

/** Each does something, checks the answer, moves the model on, and says whether the id must be another now. */
const EVENTS: Record<string, (run: Run) => Promise<boolean>> = {
  async request(run) {
    const { status } = await run.person.browser.get('/api/sessions');
    expect(status).toBe(live(run) ? 200 : 401);
    live(run)?.use(app.clock.now);
    return false;
  },
  async dangerousRequest(run) {
    const { status } = await run.person.browser.delete('/api/sessions');
    expect(status).toBe(live(run) ? (live(run)?.isRecent(app.clock.now) ? 200 : 403) : 401);
    live(run)?.use(app.clock.now);
    return false;
  },
  async login(run) {
    expect((await run.person.browser.post('/api/auth/login', run.person)).status).toBe(200);
    run.model = new Model(app.clock.now);
    return true;
  },
  async reauthentication(run) {
    const { status } = await run.person.browser.post('/api/auth/reauthenticate', run.person);
    expect(status).toBe(live(run) ? 200 : 401);
    live(run)?.renew(app.clock.now);
    return status === 200;
  },
  async passwordChange(run) {
    const change = { currentPassword: run.person.password, newPassword: `${run.person.password} 2`.slice(-60) };
    const { status } = await run.person.browser.post('/api/auth/password', change);
    expect(status).toBe(live(run) ? 204 : 401);
    if (live(run)) run.person.password = change.newPassword;
    live(run)?.renew(app.clock.now);
    return status === 204;
  },
  async logout(run) {
    expect((await run.person.browser.post('/api/auth/logout')).status).toBe(204);
    run.model = null;
    return true;
  },
  /** To just before, just at or just after something should happen, or anywhere on the way. */
  async wait({ model, random }) {
    const { usedAt = 0, renewedAt = 0 } = model ?? {};
    const moments = [
      usedAt + TOUCH_INTERVAL_MS,
      usedAt + IDLE_TIMEOUT_MS,
      renewedAt + REAUTHENTICATION_WINDOW_MS,
      renewedAt + ABSOLUTE_TIMEOUT_MS,
      app.clock.now + random.below(IDLE_TIMEOUT_MS),
    ];
    app.clock.now = Math.max(app.clock.now, random.oneOf(moments) + random.oneOf([-REAL_TIME_MS, 0, 1]));
    return false;
  },
  /** Only somebody who never rests comes to the absolute limit. */
  async manyRequests(run) {
    for (let request = 0; request < 40 && live(run); request += 1) {
      const end = (live(run)?.renewedAt ?? 0) + ABSOLUTE_TIMEOUT_MS - REAL_TIME_MS;
      if (app.clock.now === end) break;
      app.clock.now = Math.min(end, app.clock.now + IDLE_TIMEOUT_MS - TOUCH_INTERVAL_MS);
      await EVENTS.request?.(run);
    }
    return false;
  },
};

const live = ({ model }: Run) => (model?.isLive(app.clock.now) ? model : null);
const iso = (time: number) => new Date(time).toISOString();

/** What the app must say of the session, to the millisecond. */
function expectedStatus(run: Run) {
  const model = live(run);
  if (!model) return { authenticated: false };
  return {
    authenticated: true,
    user: { id: run.person.id, email: run.person.email },
    createdAt: iso(model.createdAt),
    idleExpiresAt: iso(model.usedAt + IDLE_TIMEOUT_MS),
    absoluteExpiresAt: iso(model.renewedAt + ABSOLUTE_TIMEOUT_MS),
    reauthenticatedUntil: iso(model.renewedAt + REAUTHENTICATION_WINDOW_MS),
  };
}

describe('the three clocks', () => {
  it(`do what the table says in ${SEQUENCES} random sequences of events`, async () => {
    for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
      const random = randomFrom(SEED + sequence);
      const person = await somebodySignedIn(app);
      const run: Run = { person, model: new Model(app.clock.now), random };
      const done: string[] = [];
      while (done.length < EVENTS_EACH) {
        const before = await person.browser.cookie();
        const name = random.oneOf([...OFTEN, ...Object.keys(EVENTS)]);
        done.push(name);
        const story = `SEED=${SEED + sequence}: ${done.join(', ')}`;
        const isNew = await EVENTS[name]?.(run).catch((error) => {
          throw new Error(story, { cause: error });
        });
        const after = await person.browser.cookie();
        expect(after !== before || (!before && !after), `another id after ${story}`).toBe(isNew || !before);
        if (isNew && before)
          expect(await app.records.read(keyOf(idIn(before))), `the old id after ${story}`).toBeNull();
        expect((await person.browser.get('/api/session')).body, story).toEqual(expectedStatus(run));
      }
    }
  });
});
