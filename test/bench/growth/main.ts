/**
 * `npm run bench:growth [-- --minutes 30 --visitors 2 --pause 20 --store postgres] [express fastify koa]`: does the
 * process of a generated project grow under mixed load, and does it keep timers or sockets? All frameworks at once, as
 * no time is measured. Samples are taken after a garbage collection. The slope is that of the heap in the second half;
 * what is open at the start and the end is counted while nobody is connected. Says what it saw and fails nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { startRedis } from '../../databases/redis.ts';
import { compile, migrateDatabase } from '../sessions/compiled-project.ts';
import { preloaded, type Server, startOurs } from '../sessions/servers.ts';
import { machine, median, table } from '../support/numbers.ts';
import { type Done, visit } from './visitors.ts';

const DATABASES = { postgres: startPostgres, redis: startRedis, mongo: startMongoDb };
const MINUTE_MS = 60_000;
const SAMPLES = 60;
const MEGABYTE = 1024 * 1024;
/** Longer than drivers keep idle connections, and than the server keeps idle clients. */
const SETTLE_MS = 15_000;
const WARM_UP_MS = 10_000;

interface Sample {
  minutes: number;
  rss: number;
  heapUsed: number;
  external: number;
  resources: string[];
  /** The event loop's delay since the sample before: median, 99 % and the worst. */
  delayMs: number[];
}

// An end from outside ends the database and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    visitors: { type: 'string', default: '2' },
    pause: { type: 'string', default: '20' },
    store: { type: 'string', default: 'postgres' },
  },
});
const store = values.store as keyof typeof DATABASES;
const frameworks = positionals.length > 0 ? positionals : ['express', 'fastify', 'koa'];
const heading = [
  '',
  'requests',
  'surprises',
  'heap MB',
  'end',
  'MB / 10 min',
  'RSS MB',
  'end',
  'open',
  'end',
];
const rows = await Promise.all(frameworks.map(watch));
console.log(`${machine()}; ${values.minutes} minutes, ${values.visitors} visitors at once, ${store}\n`);
console.log(table([[...heading, 'delay ms 50 %', '99 %', 'worst'], ...rows.map(({ row }) => row)]));
for (const { notes } of rows) if (notes) console.log(notes);

async function watch(framework: string): Promise<{ row: string[]; notes: string }> {
  const started = await DATABASES[store]();
  try {
    const directory = await compile(`growth-${framework}-${store}`, framework, store);
    await migrateDatabase(directory, started.url);
    const setting = { framework, database: store, databaseUrl: started.url, directory };
    const server = await startOurs(setting, preloaded('growth/watch.mjs'));
    try {
      return await observe(framework, server);
    } finally {
      await server.stop();
    }
  } finally {
    await started.stop();
  }
}

async function observe(framework: string, server: Server): Promise<{ row: string[]; notes: string }> {
  const done: Done = { counts: new Map(), surprises: [] };
  const begin = Date.now();
  const sample = async (): Promise<Sample> => {
    const minutes = (Date.now() - begin) / MINUTE_MS;
    return { minutes, ...(await server.ask<Omit<Sample, 'minutes'>>('sample')) };
  };
  let visitors = 0;
  const load = (milliseconds: number) => {
    const until = Date.now() + milliseconds;
    const each = Array.from({ length: Number(values.visitors) }, () => {
      visitors += 1 << 16; // so that each has addresses of its own
      return visit(server.port, until, Number(values.pause), visitors, done);
    });
    return Promise.all(each);
  };

  await load(WARM_UP_MS);
  await sleep(SETTLE_MS);
  const first = await sample();
  const milliseconds = Number(values.minutes) * MINUTE_MS;
  const samples: Sample[] = [];
  const loading = load(milliseconds);
  for (let i = 0; i < SAMPLES; i += 1) {
    await sleep(milliseconds / SAMPLES);
    samples.push(await sample());
  }
  await loading;
  await sleep(SETTLE_MS);
  const last = await sample();

  const requests = [...done.counts.values()].reduce((sum, count) => sum + count, 0);
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  const delays = [0, 1, 2].map((index) => samples.map(({ delayMs }) => delayMs[index] ?? 0));
  const [half = [], most = [], worst = []] = delays;
  const row = [
    framework,
    String(requests),
    String(done.surprises.length),
    ...[first, last].map(({ heapUsed }) => megabytes(heapUsed)),
    ((slope(samples.slice(SAMPLES / 2)) * 10) / MEGABYTE).toFixed(2),
    ...[first, last].map(({ rss }) => megabytes(rss)),
    ...[first, last].map(({ resources }) => String(resources.length)),
    ...[median(half), median(most), Math.max(...worst)].map((value) => value.toFixed(1)),
  ];
  return { row, notes: notes(framework, first, last, done) };
}

/** Bytes of heap per minute: the line with the least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const minutes = mean(samples.map((sample) => sample.minutes));
  const heap = mean(samples.map((sample) => sample.heapUsed));
  const above = samples.map((sample) => (sample.minutes - minutes) * (sample.heapUsed - heap));
  return mean(above) / mean(samples.map((sample) => (sample.minutes - minutes) ** 2));
}

function notes(framework: string, first: Sample, last: Sample, { counts, surprises }: Done): string {
  const kinds = ({ resources }: Sample) => resources.sort().join(' ');
  const changed =
    kinds(first) === kinds(last) ? [] : [`open before: ${kinds(first)}`, `after: ${kinds(last)}`];
  const did = [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
  const unexpected = [...new Set(surprises)].map((text) => `not expected: ${text}`);
  return [`\n${framework}: ${did}`, ...changed, ...unexpected].join('\n');
}
