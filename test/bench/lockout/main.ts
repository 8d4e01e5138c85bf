/**
 * `npm run bench:lockout`: can attackers shut an owner out, and what does a flood of registrations get through? Drives
 * the generated throttle with a simulated clock and no database; the real databases' statements have tests of their own.
 * Exits with 1 when an owner is shut out where the design says that nobody can be.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { emit } from '../../emitted/support/emit.ts';
import { table } from '../support/numbers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HOURS = 48;
/** One more than eight an hour: each at another minute, so that no attacker's rhythm decides. */
const OWNER_EVERY_MS = (HOURS * HOUR_MS) / 412;
const EMAIL = 'owner@example.test';

interface Limit {
  points: number;
  perMs: number;
}
type Login = (
  email: string,
  address: string,
  device: string | null,
  work: () => Promise<void>,
) => Promise<void>;
interface Throttle {
  limitLogins: Login;
  limitRegistrations(address: string, work: () => Promise<void>): Promise<void>;
}

const directory = await emit('lockout', ['--framework', 'koa', '--store', 'redis']);
try {
  const load = (file: string) => import(pathToFileURL(join(directory, file)).href);
  const { createThrottle } = await load('src/protection/throttle.ts');
  const passed = await report(createThrottle);
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function report(createThrottle: (...parts: unknown[]) => Throttle): Promise<boolean> {
  const rows: string[][] = [];
  let passed = true;
  for (const addresses of [1, 5, 50]) {
    for (const perHour of [19, 40, 120, 960]) {
      const start = () => throttleWithClock(createThrottle);
      const known = await simulate(start(), addresses, perHour, 'known');
      const fresh = await simulate(start(), addresses, perHour, 'fresh');
      passed &&= known.owner === 412 && (addresses > 1 || fresh.owner >= 400);
      rows.push(
        [addresses, perHour, `${known.owner} of 412`, `${fresh.owner} of 412`, fresh.guesses].map(String),
      );
    }
  }
  const heading = [
    'addresses',
    'tries an hour',
    'owner, known browser',
    'owner, fresh addresses',
    'guesses hashed',
  ];
  console.log(table([heading, ...rows]));
  console.log('Before: one address, 19 tries an hour: 6 of 412; live sessions shut out too.\n');

  const { throttle, clock } = throttleWithClock(createThrottle);
  let registered = 0;
  for (; clock.now < HOUR_MS; clock.now += 1000 / 28) {
    registered += await throttle
      .limitRegistrations('192.0.2.1', async () => {})
      .then(
        () => 1,
        () => 0,
      );
  }
  console.log(
    `Registrations from one address, 28 a second for an hour: ${registered} accounts. Before: 28 a second.`,
  );
  return passed && registered <= 60;
}

/** For 48 hours attackers try whenever they may, at most so often; the owner signs in with the right password. */
async function simulate(
  { throttle, clock }: ReturnType<typeof throttleWithClock>,
  addresses: number,
  perHour: number,
  owner: 'known' | 'fresh',
) {
  const results = { owner: 0, guesses: 0 };
  const wrong = () => {
    results.guesses += 1;
    return Promise.reject(new Error('wrong'));
  };
  const right = async () => {
    results.owner += 1;
  };
  const attackerEveryMs = HOUR_MS / perHour;
  let [attack, visit] = [0, OWNER_EVERY_MS];
  let visits = 0;
  while (visits < 412) {
    clock.now = Math.min(attack, visit);
    if (clock.now === attack) {
      attack += attackerEveryMs;
      for (let index = 0; index < addresses; index += 1) {
        await throttle.limitLogins(EMAIL, `198.51.100.${index}`, null, wrong).catch(() => {});
      }
    } else {
      visit += OWNER_EVERY_MS;
      visits += 1;
      const address = `10.${visits >> 8}.${visits & 255}.1`;
      await throttle.limitLogins(EMAIL, address, owner === 'known' ? 'device' : null, right).catch(() => {});
    }
  }
  return results;
}

/** The records of store-redis's Lua, in memory. */
function throttleWithClock(createThrottle: (...parts: unknown[]) => Throttle) {
  const clock = { now: 0 };
  const fullAt = new Map<string, number>();
  const records = {
    async consume(key: string, { points, perMs }: Limit, now: number) {
      const next = Math.max(fullAt.get(key) ?? 0, now) + perMs / points;
      const wait = next - now - perMs;
      if (wait > 1e-6) return Math.ceil(wait);
      fullAt.set(key, next);
      return 0;
    },
    async refund(key: string, { points, perMs }: Limit) {
      fullAt.set(key, (fullAt.get(key) ?? 0) - perMs / points);
    },
    async removeExpired() {},
  };
  const log = { info() {}, warn() {}, error() {} };
  return { throttle: createThrottle(records, () => clock.now, log), clock };
}
