/**
 * `npm run bench:sessions [-- --runs 5 --seconds 2 --profile] [express-redis …]`: requests per second of a signed-in
 * GET /api/session of the generated project, beside
 *
 * - stock: the same framework with its stock session middleware and published store, as they come
 * - lean: the same, spared its default of a write at each request
 * - limit: node:https without a framework, which makes the same calls to the database (limit/server.ts)
 *
 * All have the same database, driver, TLS, headers, log line, user look-up and answer; the others lack the checks that
 * the project makes besides (cross-site, plain HTTP, ended sessions, deadlines). `--profile` takes no times, but says
 * where the CPU time of the project and of the limit goes, by module.
 */
import { parseArgs } from 'node:util';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { startRedis } from '../../databases/redis.ts';
import { installed } from '../support/cache.ts';
import { machine, median, table } from '../support/numbers.ts';
import { timeByModule } from './by-module.ts';
import { compiledProject } from './compiled-project.ts';
import { load, type Measured, signIn } from './load.ts';
import { STORES } from './published-stores.ts';
import { type Server, type Setting, startLimit, startOurs, startStock } from './servers.ts';

const DATABASES = { postgres: startPostgres, redis: startRedis, mongo: startMongoDb };
const PROFILED_ROWS = 20;
/** V8 makes a server two to three times faster in its first thousands of requests. */
const WARM_UP_REQUESTS = 6000;
const WARM_UP_STEP_MS = 1000;

// An end from outside ends the databases and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    profile: { type: 'boolean', default: false },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const packages = await installed('stock-stores', STORES);
const SIDES: Record<string, (setting: Setting) => Promise<Server>> = {
  ours: startOurs,
  stock: (setting) => startStock(setting, packages, false),
  lean: (setting) => startStock(setting, packages, true),
  limit: startLimit,
};
const rates = [['requests/s', 'ours', 'stock', 'ratio', 'lean', 'ratio', 'limit', 'ratio']];
const costs = [['CPU µs', 'ours', 'stock', 'ratio', 'lean', 'ratio', 'limit', 'ratio', 'calls']];
for (const framework of ['express', 'fastify', 'koa']) {
  for (const database of ['postgres', 'redis', 'mongo'] as const) {
    const name = `${framework}-${database}`;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (values.profile) await withServers(framework, database, ['ours', 'limit'], printProfiles(name));
    else await withServers(framework, database, Object.keys(SIDES), compare(name));
  }
}
if (!values.profile) {
  console.log(`${machine()}; MongoDB is FerretDB here, unless TEST_MONGODB_URL names one\n`);
  console.log(
    `${table(rates)}\n\n${table(costs)}\n\nratio: above 1 the project is better; calls: to the database`,
  );
}

async function withServers(
  framework: string,
  database: keyof typeof DATABASES,
  sides: readonly string[],
  work: (servers: readonly Server[]) => Promise<void>,
): Promise<void> {
  const started = await DATABASES[database]();
  const servers: Server[] = [];
  try {
    const directory = await compiledProject(framework, database, started.url);
    const setting = { framework, database, databaseUrl: started.url, directory };
    for (const side of sides) servers.push(await (SIDES[side] ?? startOurs)(setting));
    await work(servers);
  } finally {
    for (const server of servers) await server.stop();
    await started.stop();
  }
}

/** One after the other and again, so that whatever else the machine does meets all. */
function compare(name: string) {
  return async (servers: readonly Server[]) => {
    const cookies: string[] = [];
    // One by one: connect-pg-simple fails for good when two of them create its table at once.
    for (const server of servers) cookies.push(await signIn(server));
    const measured: Measured[][] = servers.map(() => []);
    for (const [index, server] of servers.entries()) await warmUp(server, cookies[index] ?? '');
    for (let run = 0; run < Number(values.runs); run += 1) {
      for (const [place] of servers.entries()) {
        const index = (place + run) % servers.length; // nobody is always the first
        measured[index]?.push(await load(servers[index] as Server, cookies[index] ?? '', milliseconds));
      }
    }
    const middle = (key: keyof Measured) => measured.map((runs) => median(runs.map((run) => run[key])));
    rates.push([name, ...beside(middle('requestsPerSecond'), (ours, other) => ours / other)]);
    const cpu = beside(middle('cpuMicroseconds'), (ours, other) => other / ours);
    const calls = middle('callsPerRequest').map((value) => value.toFixed(1));
    costs.push([name, ...cpu, calls.join(' ')]);
    console.error(rates.at(-1)?.join(' '), '|', costs.at(-1)?.join(' '));
  };
}

async function warmUp(server: Server, cookie: string): Promise<void> {
  for (let done = 0; done < WARM_UP_REQUESTS; ) {
    done += ((await load(server, cookie, WARM_UP_STEP_MS)).requestsPerSecond * WARM_UP_STEP_MS) / 1000;
  }
}

/** Ours, then each other side with what ours is beside it. */
function beside([ours = 0, ...others]: number[], ratio: (ours: number, other: number) => number): string[] {
  return [
    ours.toFixed(0),
    ...others.flatMap((other) => [other.toFixed(0), `${ratio(ours, other).toFixed(2)} ×`]),
  ];
}

function printProfiles(name: string) {
  return async (servers: readonly Server[]) => {
    const columns: Map<string, number>[] = [];
    for (const server of servers) {
      const cookie = await signIn(server);
      await warmUp(server, cookie);
      let requests = 0;
      const profile = await server.profileOf(async () => {
        requests = ((await load(server, cookie, milliseconds)).requestsPerSecond * milliseconds) / 1000;
      });
      columns.push(new Map([...timeByModule(profile)].map(([module, time]) => [module, time / requests])));
    }
    const [ours = new Map(), limit = new Map()] = columns;
    const sum = (times: Map<string, number>) => [...times.values()].reduce((total, time) => total + time, 0);
    const row = (module: string, mine = 0, other = 0) => [module, mine.toFixed(0), other.toFixed(0)];
    const rows = [...ours]
      .slice(0, PROFILED_ROWS)
      .map(([module, time]) => row(module, time, limit.get(module)));
    console.log(`${table([[`${name}, µs`, 'ours', 'limit'], ...rows, row('all', sum(ours), sum(limit))])}\n`);
  };
}
