/** The three clocks, their boundaries, and what moves them. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['clocks.test.ts', 'reauthentication.test.ts'];

const rules = mutantsOf({ file: 'src/session/clocks.ts', tests: TESTS }, [
  {
    id: 'idle-never-ends',
    requirement: '7.3.1',
    also: ['NIST 2.2.3', 'NIST 5.2'],
    what: 'A session that nobody uses lives until its absolute limit.',
    find: 'Math.min(idleExpiresAt(record), absoluteExpiresAt(record.content))',
    replace: 'absoluteExpiresAt(record.content)',
  },
  {
    id: 'idle-counts-from-the-sign-in',
    requirement: '7.3.1',
    what: 'Activity does not restart the idle time-out.',
    find: 'lastSeenAt + (content.user ?',
    replace: 'content.renewedAt + 0 * lastSeenAt + (content.user ?',
  },
  {
    id: 'idle-twice-as-long',
    requirement: '7.3.1',
    what: 'The idle time-out is twice what the policy says.',
    find: 'lastSeenAt + (content.user ? policy.IDLE_TIMEOUT_MS',
    replace: 'lastSeenAt + (content.user ? 2 * policy.IDLE_TIMEOUT_MS',
  },
  {
    id: 'visitors-idle-like-users',
    requirement: 'store.visitors',
    what: "A visitor's session lives as long as a user's.",
    find: ': policy.ANONYMOUS_IDLE_TIMEOUT_MS)',
    replace: ': policy.IDLE_TIMEOUT_MS + 0 * policy.ANONYMOUS_IDLE_TIMEOUT_MS)',
    flags: ['--policy', 'relaxed'],
    tests: ['cart.test.ts'],
  },
  {
    id: 'absolute-never-ends',
    requirement: '7.3.2',
    also: ['NIST 2.1.3', 'NIST 2.2.3', 'NIST 5.2'],
    what: 'A busy session never ends.',
    find: 'Math.min(idleExpiresAt(record), absoluteExpiresAt(record.content))',
    replace: 'idleExpiresAt(record)',
  },
  {
    id: 'the-later-clock-counts',
    requirement: '7.3.2',
    what: 'A session lives until both clocks have run out.',
    find: 'Math.min(idleExpiresAt(record)',
    replace: 'Math.max(idleExpiresAt(record)',
  },
  {
    id: 'absolute-twice-as-long',
    requirement: '7.3.2',
    also: ['NIST 2.1.3'],
    what: 'The absolute limit is twice what the policy says.',
    find: 'content.renewedAt + policy.ABSOLUTE_TIMEOUT_MS',
    replace: 'content.renewedAt + 2 * policy.ABSOLUTE_TIMEOUT_MS',
  },
  {
    id: 'absolute-counts-from-the-sign-in',
    requirement: 'NIST 5.2',
    what: 'The password given again does not restart the absolute limit.',
    find: 'content.renewedAt + policy.ABSOLUTE_TIMEOUT_MS',
    replace: 'content.createdAt + policy.ABSOLUTE_TIMEOUT_MS',
  },
  {
    id: 'live-at-the-very-end',
    requirement: '7.3.1',
    what: 'A session still lives at the moment it should have ended.',
    find: 'now < expiresAt(record)',
    replace: 'now <= expiresAt(record)',
  },
  {
    id: 'window-twice-as-long',
    requirement: '7.5.3',
    what: 'The re-authentication window is twice what the policy says.',
    find: 'content.renewedAt + policy.REAUTHENTICATION_WINDOW_MS',
    replace: 'content.renewedAt + 2 * policy.REAUTHENTICATION_WINDOW_MS',
  },
  {
    id: 'window-counts-from-the-sign-in',
    requirement: 'NIST 5.2',
    what: 'The password given again does not open the window.',
    find: 'content.renewedAt + policy.REAUTHENTICATION_WINDOW_MS',
    replace: 'content.createdAt + policy.REAUTHENTICATION_WINDOW_MS',
  },
  {
    id: 'window-open-at-the-very-end',
    requirement: '7.5.3',
    what: 'The window is open at the moment it should have closed.',
    find: 'now < reauthenticatedUntil(content)',
    replace: 'now <= reauthenticatedUntil(content)',
  },
  {
    id: 'window-never-closes',
    requirement: '7.5.3',
    what: 'Dangerous actions never ask for the password again.',
    find: 'return now < reauthenticatedUntil(content)',
    replace: 'return now < Number.POSITIVE_INFINITY || now < reauthenticatedUntil(content)',
  },
  {
    id: 'touch-at-every-request',
    requirement: 'clock.request',
    what: 'Each request writes, so a busy session is one write per request.',
    find: 'now - lastSeenAt >= policy.TOUCH_INTERVAL_MS',
    replace: 'now - lastSeenAt >= 0 * policy.TOUCH_INTERVAL_MS',
  },
  {
    id: 'touch-one-moment-late',
    requirement: 'clock.request',
    what: 'Activity at the end of a touch interval is not noted.',
    find: 'now - lastSeenAt >= policy.TOUCH_INTERVAL_MS',
    replace: 'now - lastSeenAt > policy.TOUCH_INTERVAL_MS',
  },
  {
    id: 'touch-never',
    requirement: '7.3.1',
    what: 'Activity is never noted: people are signed out while they work.',
    find: 'now - lastSeenAt >= policy.TOUCH_INTERVAL_MS',
    replace: 'now - lastSeenAt >= 1e9 * policy.TOUCH_INTERVAL_MS',
  },
]);

const store = mutantsOf({ file: 'src/session/store.ts', tests: TESTS }, [
  {
    id: 'clocks-not-checked-on-read',
    requirement: '7.3.1',
    what: 'A session ends when the database collects it, not when the clocks say so.',
    find: 'if (!isLive(record, this.#now())) {',
    replace: 'if (!isLive(record, 0)) {',
  },
  {
    id: 'absolute-not-checked-on-read',
    requirement: '7.3.2',
    what: 'Reading a session moves its absolute limit.',
    find: 'if (!isLive(record, this.#now())) {',
    replace: 'record.content.renewedAt = this.#now();\n    if (!isLive(record, this.#now())) {',
  },
  {
    id: 'ended-session-stays',
    requirement: '7.4.1',
    what: 'The record of a session that is too old stays in the database when it is met.',
    find: 'await this.#records.remove(keyOf(id));\n      const session',
    replace: 'const session',
  },
  {
    id: 'activity-not-due',
    requirement: 'clock.request',
    also: ['store.cost'],
    what: 'Activity is written at each request, due or not.',
    find: 'if (!loaded || !isDueForTouch(loaded.lastSeenAt, now)) return;',
    replace: 'if (!loaded) return;',
  },
  {
    id: 'activity-shortens-nothing',
    requirement: 'store.clean-up',
    what: "Activity moves the database's time-to-live past the absolute limit.",
    find: 'const end = expiresAt({ content: session, lastSeenAt: now });',
    replace: 'const end = now + 1e12;',
    tests: ['clocks.test.ts', 'postgres.test.ts', 'redis.test.ts', 'mongo.test.ts'],
  },
  {
    id: 'insert-expires-late',
    requirement: 'store.clean-up',
    what: "The database's time-to-live of a new session is not its idle time-out.",
    find: 'await this.#records.insert(keyOf(id), record, expiresAt(record));',
    replace: 'await this.#records.insert(keyOf(id), record, this.#now() + 1e12);',
    tests: ['clocks.test.ts', 'postgres.test.ts', 'redis.test.ts', 'mongo.test.ts'],
  },
  {
    id: 'dead-sessions-listed',
    requirement: '7.5.2',
    what: 'The list of sessions shows sessions that have ended.',
    find: 'records.filter((record) => isLive(record, now)).sort',
    replace: 'records.filter((record) => isLive(record, now * 0)).sort',
    tests: ['sessions.test.ts'],
  },
]);

const activity = (['express', 'fastify', 'koa'] as const).flatMap((framework) =>
  mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: TESTS }, [
    {
      id: 'asking-for-the-state-is-activity',
      requirement: '7.3.1',
      what: 'A page that polls keeps an unattended browser signed in.',
      ...{
        express: {
          find: "routes.get('/session', (request, response) => {",
          replace:
            "routes.get('/session', async (request, response) => {\n    await lifecycle.noteActivity(request);",
        },
        fastify: {
          find: "routes.get('/session', async (request) => {",
          replace: "routes.get('/session', async (request) => {\n    await lifecycle.noteActivity(request);",
        },
        koa: {
          find: "routes.get('/session', (ctx: RouterContext) => {",
          replace:
            "routes.get('/session', async (ctx: RouterContext) => {\n    await lifecycle.noteActivity(ctx);",
        },
      }[framework],
    },
  ]),
);

/** A number within the bounds of the standards is its owner's to change: SECURITY.md gives it "as generated". */
const OWNERS_NUMBER = "The number is the owner's to change, within the bounds of the standards.";

const numbers = mutantsOf({ file: 'src/security-policy.ts' }, [
  {
    id: 'idle-number',
    requirement: '7.3.1',
    equivalent: OWNERS_NUMBER,
    what: 'The idle time-out is not the documented one.',
    find: 'IDLE_TIMEOUT_MS = 30 * MINUTE_MS',
    replace: 'IDLE_TIMEOUT_MS = 31 * MINUTE_MS',
  },
  {
    id: 'absolute-number',
    requirement: '7.3.2',
    equivalent: OWNERS_NUMBER,
    what: 'The absolute limit is not the documented one.',
    find: 'ABSOLUTE_TIMEOUT_MS = 8 * HOUR_MS',
    replace: 'ABSOLUTE_TIMEOUT_MS = 9 * HOUR_MS',
  },
  {
    id: 'window-number',
    requirement: '7.5.3',
    equivalent: OWNERS_NUMBER,
    what: 'The re-authentication window is not the documented one.',
    find: 'REAUTHENTICATION_WINDOW_MS = 10 * MINUTE_MS',
    replace: 'REAUTHENTICATION_WINDOW_MS = 11 * MINUTE_MS',
  },
  {
    id: 'session-limit-number',
    requirement: '7.1.2',
    equivalent: OWNERS_NUMBER,
    what: 'The limit of sessions per user is not the documented one.',
    find: 'MAX_SESSIONS_PER_USER = 20',
    replace: 'MAX_SESSIONS_PER_USER = 21',
  },
  {
    id: 'touch-interval-longer-than-idle',
    requirement: '7.3.1',
    what: 'Activity is noted less often than sessions end.',
    find: 'Math.min(MINUTE_MS, IDLE_TIMEOUT_MS / 20)',
    replace: 'Math.max(MINUTE_MS, IDLE_TIMEOUT_MS * 2)',
    tests: TESTS,
  },
]);

/** Who restarts the idle time-out. */
const sites = mutantsOf({ file: 'src/session/lifecycle.ts', tests: TESTS }, [
  {
    id: 'other-sites-are-activity',
    requirement: '7.3.1',
    what: 'Links and images on other sites keep an unattended browser signed in.',
    find: "if (!content || site === 'cross-site' || site === 'same-site') return;",
    replace: 'if (!content) return;\n      void site;',
  },
  {
    id: 'subdomains-are-activity',
    requirement: '7.3.1',
    what: 'Pages of a subdomain, which somebody else may own, keep an unattended browser signed in.',
    find: " || site === 'same-site') return;",
    replace: ') return;',
  },
  {
    id: 'activity-for-typed-addresses-only',
    requirement: '7.3.1',
    what: "The app's own pages do not count as activity: people are signed out while they work.",
    find: "if (!content || site === 'cross-site' || site === 'same-site') return;",
    replace:
      "if (!content || site === 'cross-site' || site === 'same-site' || site === 'same-origin') return;",
  },
]);

export const CLOCKS: Mutant[] = [...rules, ...store, ...activity, ...numbers, ...sites];
