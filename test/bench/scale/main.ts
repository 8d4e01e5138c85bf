/**
 * `npm run bench:scale [-- --databases postgres,redis,mongo --sizes 1000,10000,100000,1000000 --runs 5]`: does anything
 * of a generated project grow with the number of sessions? Each size has a database server and an app of its own, all at
 * once, and the runs take turns. Beside it the published stores, on the same users and sessions. Prints a table for each
 * database; with WRITE_README=1 the README gets them, and docs/scale.svg a plot.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { STORES } from '../sessions/published-stores.ts';
import { installed } from '../support/cache.ts';
import { machine } from '../support/numbers.ts';
import type { Adapter } from './adapter.ts';
import { type CleanUp, cleanUp } from './clean-up.ts';
import { measureRound, measureScan, type Round } from './measure.ts';
import { mongo } from './mongo.ts';
import { type Place, type Project, settle } from './place.ts';
import { postgres } from './postgres.ts';
import { type DatabaseName, scaleProject } from './project.ts';
import { writeReadme } from './readme.ts';
import { redis } from './redis.ts';
import { type Result, summary, summaryOfCleanUps, tableOf } from './results.ts';

const ADAPTERS: Readonly<Record<DatabaseName, Adapter>> = { postgres, redis, mongo };
/** What earlier runs found: a run of one database leaves the tables of the others as they are. */
const RESULTS = resolve('.emitted/scale-results');

// An end from outside ends the databases and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { values } = parseArgs({
  options: {
    databases: { type: 'string', default: 'postgres,redis,mongo' },
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    runs: { type: 'string', default: '5' },
  },
});
const runs = Number(values.runs);
const sizes = values.sizes.split(',').map(Number);
/** FerretDB takes minutes to be given more. */
const MOST_IN_FERRETDB = 100_000;

const packages = await installed('stock-stores', STORES);
mkdirSync(RESULTS, { recursive: true });
for (const name of values.databases.split(',') as DatabaseName[]) {
  const adapter = ADAPTERS[name];
  if (!adapter) throw new Error(`no such database: ${name}`);
  const result = await measure({ name, adapter, directory: await scaleProject(name), packages });
  writeFileSync(join(RESULTS, `${name}.json`), JSON.stringify(result));
  console.log(`${tableOf(result)}\n`);
}
if (process.env.WRITE_README) {
  const files = readdirSync(RESULTS).map((file) => readFileSync(join(RESULTS, file), 'utf8'));
  writeReadme(files.map((text): Result => JSON.parse(text)));
}

async function measure(project: Project): Promise<Result> {
  const { name, adapter } = project;
  const isStandIn = name === 'mongo' && !process.env.TEST_MONGODB_URL;
  const carried = sizes.filter((size) => !isStandIn || size <= MOST_IN_FERRETDB);
  const places: Place[] = [];
  try {
    const filling = adapter.sides.map(async (side) => {
      for (const size of carried) {
        const begin = performance.now();
        places.push(await settle(project, side, size));
        console.error(
          `${name} ${side} ${size}: filled in ${((performance.now() - begin) / 1000).toFixed(1)} s`,
        );
      }
    });
    await Promise.all(filling);
    await inTurn(places, 1, measureRound); // warms up
    const rounds = await inTurn(places, runs, measureRound);
    const scans = await inTurn(places, 1, measureScan);
    console.error(`${name}: measured, now cleaning up`);
    const cleanUps = await inTurn(places, runs, cleanUp);
    const figures = places.map((place) => ({
      side: place.side,
      size: place.size,
      latencies: summary(rounds.get(place) as Round[]),
      scan: scans.get(place)?.[0] ?? null,
      cleanUp: summaryOfCleanUps((cleanUps.get(place) ?? []).filter((run): run is CleanUp => run !== null)),
      bytesPerSession: place.bytesPerSession,
    }));
    const date = new Date().toISOString().slice(0, 10);
    return { database: name, machine: machine(), date, runs, figures };
  } finally {
    for (const place of places) await place.stop();
  }
}

/** One place after the other and again, there and back: whatever else the machine does meets all of them. */
async function inTurn<T>(
  places: readonly Place[],
  times: number,
  work: (place: Place) => Promise<T>,
): Promise<Map<Place, T[]>> {
  const found = new Map<Place, T[]>(places.map((place) => [place, []]));
  for (let time = 0; time < times; time += 1) {
    for (const place of time % 2 === 0 ? places : places.toReversed()) {
      found.get(place)?.push(await work(place));
    }
  }
  return found;
}
