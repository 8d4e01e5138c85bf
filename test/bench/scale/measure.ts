import { strictEqual } from 'node:assert';
import { median } from '../support/numbers.ts';
import type { Place } from './place.ts';
import { cookieOf, SESSIONS_PER_USER, type Session, stockId } from './population.ts';
import { login, type Store } from './project.ts';

/** Milliseconds: the middle of all, and what 19 of 20 stay below. */
export type Latency = readonly [median: number, p95: number];

/** What one run measures, by name. Each round is of one size, and the next of another. */
export type Round = Partial<Record<Operation, Latency>>;

export type Operation = keyof typeof TIMES;

/**
 * How often in a run: over HTTPS, through the whole app; then the store's calls alone, where nothing else hides a
 * difference. Ending and signing in are undone each time, which costs more than they do.
 */
const TIMES = { request: 200, list: 150, end: 30, signIn: 30, readCall: 200, listCall: 150, endCall: 30 };

export async function measureRound(place: Place): Promise<Round> {
  const tasks = 'read' in place.store ? ourTasks(place, place.store) : { request: requestOf(place) };
  const round: Round = {};
  for (const [operation, task] of Object.entries(tasks) as [Operation, Task][]) {
    const taken: number[] = [];
    for (let time = 0; time < TIMES[operation]; time += 1) taken.push(await task());
    round[operation] = latency(taken);
  }
  return round;
}

/** How long the published store takes to find one user's sessions, among all of them. Once: at a million it is seconds. */
export async function measureScan({ adapter, people, store }: Place): Promise<number | null> {
  const { scan } = adapter;
  if (!scan || 'read' in store) return null;
  return timed(async () => {
    strictEqual(await scan(store, people.random().user.id), SESSIONS_PER_USER);
  });
}

/** A signed-in request of somebody. @returns the milliseconds it took */
export async function ask({ client, side }: Place, { id }: Session): Promise<number> {
  const cookie = cookieOf(side === 'ours' ? id : stockId(id));
  const { body, milliseconds } = await client.ask('GET', '/api/session', 200, cookie);
  if (!body.startsWith('{"authenticated":true')) throw new Error(`not signed in: ${body}`);
  return milliseconds;
}

export function latency(taken: readonly number[]): Latency {
  const sorted = [...taken].sort((a, b) => a - b);
  return [median(sorted), sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN];
}

// --- internal ---

/** Does one thing to somebody at random, and leaves everything as it was. @returns the milliseconds it took */
type Task = () => Promise<number>;

const requestOf =
  (place: Place): Task =>
  () =>
    ask(place, place.people.random());

function ourTasks(place: Place, store: Store): Partial<Record<Operation, Task>> {
  const { client, people } = place;
  const restore = (sessions: readonly Session[]): Promise<unknown> =>
    Promise.all(sessions.map(({ key, expiresAt, ...record }) => store.insert(key, record, expiresAt)));

  return {
    request: requestOf(place),
    async list() {
      const { body, milliseconds } = await client.ask(
        'GET',
        '/api/sessions',
        200,
        cookieOf(people.random().id),
      );
      strictEqual(JSON.parse(body).length, SESSIONS_PER_USER);
      return milliseconds;
    },
    async end() {
      const session = people.random();
      const { body, milliseconds } = await client.ask('DELETE', '/api/sessions', 200, cookieOf(session.id));
      strictEqual(body, `{"terminated":${SESSIONS_PER_USER - 1}}`);
      await restore(people.othersOf(session));
      return milliseconds;
    },
    async signIn() {
      const body = login(people.random());
      const { cookie, milliseconds } = await client.ask('POST', '/api/auth/login', 200, '', body);
      await client.ask('POST', '/api/auth/logout', 204, cookie);
      return milliseconds;
    },
    readCall: () => timed(() => store.read(people.random().key)),
    listCall: () => timed(() => store.listByUser(people.random().user.id)),
    async endCall() {
      const session = people.random();
      const milliseconds = await timed(() => store.removeByUser(session.user.id, session.key));
      await restore(people.othersOf(session));
      return milliseconds;
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
