/** How does a scenario run? Load, the fault under load, load after it, and at last a question about every session. */
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDatabase } from '../bench/sessions/compiled-project.ts';
import { type Instance, startInstance } from './instances.ts';
import { askAboutAll, startLoad, type World } from './load.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stages.ts';
import { type Counts, Tally } from './tally.ts';
import { Truth, type Violations } from './truth.ts';

export interface Result extends Counts, Violations {
  sessions: number;
  crashes: number;
  /** Sessions that no instance would speak about in the end. */
  silent: number;
  /** The slowest request since the fault began. */
  slowestMs: number;
  /** How long the fault was there. */
  downMs: number;
  /** From its end to the first served request, of the slower instance. Infinity: never. */
  recoveredMs: number;
  /** From its end to the last request that was answered with 503. */
  lastUnavailableMs: number;
  /** Violations, unexpected answers and log lines, in words. */
  examples: string[];
}

export interface Timing {
  /** Load before the fault, and again after it. */
  seconds: number;
  /** How long the fault stays, at least: more than the deadline of a call. */
  faultSeconds: number;
}

const PEOPLE = 8;
const ONLOOKERS = 4;
const PAUSE_MS = 25;
const GIVE_UP_MS = 10_000;
const STARTS_WITHIN_MS = 15_000;
const RECOVERS_WITHIN_MS = 15_000;

/** @param directory the compiled project */
export async function run(scenario: Scenario, directory: string, timing: Timing): Promise<Result> {
  const stage = await scenario.stage();
  const instances: Instance[] = [];
  try {
    await migrateDatabase(directory, stage.schemaUrl ?? stage.url);
    for (let count = 0; count < 2; count += 1) {
      instances.push(await startInstance(directory, scenario.store, stage.url));
    }
    return await rehearse(stage, instances, timing);
  } finally {
    await Promise.allSettled(instances.map((instance) => instance.stop()));
    await stage.stop();
  }
}

// --- internal ---

async function rehearse(stage: Stage, instances: Instance[], timing: Timing): Promise<Result> {
  const { seconds, faultSeconds } = timing;
  const [truth, tally] = [new Truth(), new Tally()];
  const world: World = { truth, tally, targets: instances, giveUpMs: GIVE_UP_MS, pauseMs: PAUSE_MS };
  const load = startLoad(world, PEOPLE, ONLOOKERS);
  let [began, ended] = [0, 0];
  try {
    await sleep(seconds * 1000);
    await until(() => truth.sessions.length >= PEOPLE, STARTS_WITHIN_MS); // everybody has registered
    began = performance.now();
    world.tally.faultBegins();
    await stage.begin(instances);
    if (!stage.healsItself) await sleep(faultSeconds * 1000);
    await stage.end(instances);
    ended = performance.now();
    await sleep(seconds * 1000);
    await recovered(world, ended);
  } finally {
    await load.stop();
  }
  const { firstServed, lastRefused } = world.tally.recovery(ended, originsOf(world));
  const silent = await askAboutAll(world);
  const crashes = instances.reduce((sum, instance) => sum + instance.crashes, 0);
  return {
    ...world.tally.counts,
    ...world.truth.violations,
    sessions: world.truth.sessions.length,
    crashes,
    silent,
    slowestMs: world.tally.slowest,
    downMs: ended - began,
    recoveredMs: firstServed,
    lastUnavailableMs: lastRefused,
    examples: [
      ...world.truth.examples,
      ...world.tally.examples,
      ...instances.flatMap(({ errors }) => errors.slice(0, 5)),
    ],
  };
}

const originsOf = ({ targets }: World): string[] => targets.map(({ origin }) => origin);

/** Load goes on until every instance serves, for a bounded time. */
async function recovered(world: World, since: number): Promise<void> {
  const isRecovered = () => Number.isFinite(world.tally.recovery(since, originsOf(world)).firstServed);
  await until(isRecovered, RECOVERS_WITHIN_MS);
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo() && performance.now() < deadline) await sleep(100);
}
