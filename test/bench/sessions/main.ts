/**
 * `npm run bench:sessions [-- --runs 5 --seconds 2 --lean] [express-redis …]`: requests per second of a signed-in
 * GET /api/session of the generated project, beside the same framework with its stock session middleware and published
 * store. Both have the same database, driver, TLS, headers, log, user look-up and answer; the stock app lacks the checks
 * that the project makes besides (cross-site, plain HTTP, ended sessions). `--lean` spares the stock side its default
 * of a write at each request.
 */
import { parseArgs } from 'node:util';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { startRedis } from '../../databases/redis.ts';
import { installed } from '../support/cache.ts';
import { machine, median, table } from '../support/numbers.ts';
import { compiledProject } from './compiled-project.ts';
import { load, type Measured, signIn } from './load.ts';
import { type Server, startOurs, startStock } from './servers.ts';

const DATABASES = { postgres: startPostgres, redis: startRedis, mongo: startMongoDb };
const STORES = {
  dependencies: {
    'connect-redis': '9.0.0',
    'connect-pg-simple': '10.0.0',
    'connect-mongo': '6.0.0',
    'koa-session': '7.0.2',
    // The middleware whose class of a store they extend, and the drivers they ask for.
    'express-session': '1.19.0',
    redis: '6',
    mongodb: '7',
  },
};

// An end from outside ends the databases and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    lean: { type: 'boolean', default: false },
  },
});
const packages = await installed('stock-stores', STORES);
const rows: (string | number)[][] = [];
for (const framework of ['express', 'fastify', 'koa']) {
  for (const database of ['postgres', 'redis', 'mongo'] as const) {
    const name = `${framework}-${database}`;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const row = await compare(framework, database);
    rows.push([name, ...row]);
    console.error(name, ...row);
  }
}
const heading = ['', 'ours/s', 'stock/s', 'ratio', 'CPU µs ours', 'stock', 'ratio', 'calls ours', 'stock'];
console.log(`${machine()}; MongoDB is FerretDB here, unless TEST_MONGODB_URL names one\n`);
console.log(table([heading, ...rows]));

async function compare(framework: string, database: keyof typeof DATABASES): Promise<(string | number)[]> {
  const started = await DATABASES[database]();
  const servers: Server[] = [];
  try {
    const directory = await compiledProject(framework, database, started.url);
    const setting = { framework, database, databaseUrl: started.url, directory };
    servers.push(await startOurs(setting), await startStock(setting, packages, values.lean));
    return row(await inTurn(servers));
  } finally {
    for (const server of servers) await server.stop();
    await started.stop();
  }
}

/** One after the other and again, so that whatever else the machine does meets both. */
async function inTurn(servers: readonly Server[]): Promise<Measured[][]> {
  const cookies = await Promise.all(servers.map(signIn));
  const milliseconds = Number(values.seconds) * 1000;
  const measured: Measured[][] = servers.map(() => []);
  for (let run = -1; run < Number(values.runs); run += 1) {
    for (const [index, server] of servers.entries()) {
      const result = await load(server, cookies[index] ?? '', milliseconds);
      if (run >= 0) measured[index]?.push(result); // the first one warms up
    }
  }
  return measured;
}

function row(measured: Measured[][]): (string | number)[] {
  const middle = (name: keyof Measured) => measured.map((runs) => median(runs.map((run) => run[name])));
  const [ours = 0, stock = 0] = middle('requestsPerSecond');
  const [ourCpu = 0, stockCpu = 0] = middle('cpuMicroseconds');
  const calls = middle('callsPerRequest').map((value) => value.toFixed(2));
  return [
    ours.toFixed(0),
    stock.toFixed(0),
    `${(ours / stock).toFixed(2)} ×`,
    ourCpu.toFixed(0),
    stockCpu.toFixed(0),
    `${(stockCpu / ourCpu).toFixed(2)} ×`,
    ...calls,
  ];
}
