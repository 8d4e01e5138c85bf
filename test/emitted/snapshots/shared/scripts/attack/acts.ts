/**
 * The two things that `npm run attack` does. Both clean up after a failure, and when they are interrupted: no attack
 * takes long, so the one under way is played to its end.
 */
import { readFileSync } from 'node:fs';
import { readEngineUrl } from '../../src/config.ts';
import { ATTACKS } from './attacks.ts';
import { announce, conclude, type Ending, say, showEdit, table, tell } from './audience.ts';
import { type LiveStage, liveStage } from './live-stage.ts';
import { type Instance, runInstance } from './run-instance.ts';
import { browsersFor, expectServer, loopbackOrigin } from './running-server.ts';
import { type Attack, NotPlayed } from './stage.ts';
import { withWeakenedCopy } from './weakened-copy.ts';
import type { Weakening } from './weakenings.ts';

/** By which a copy's engine holds up each call at most, for races. */
const SLOWNESS_MS = 20;

/** @returns whether all were stopped */
export async function attackRunningServer(attacks: readonly Attack[], interrupted: AbortSignal): Promise<boolean> {
  const origin = loopbackOrigin();
  const browsers = await browsersFor(origin);
  await expectServer(browsers);
  say(`Attacks ${origin}, on this machine only. The accounts are made for it, and removed.`);

  let second: Promise<Instance> | undefined;
  const clock = () => {
    second ??= startSecondInstance();
    return second;
  };
  const endings: Ending[] = [];
  try {
    for (const attack of attacks) {
      if (interrupted.aborted) break;
      endings.push(await play(attack, liveStage(browsers, clock, tell)));
    }
  } finally {
    await second?.then((instance) => instance.stop()).catch(() => {});
  }
  const isSafe = endings.every(({ outcome }) => outcome === 'stopped');
  table(endings);
  say(
    isSafe
      ? '\nAll were stopped. What if a protection were missing? npm run attack -- --list'
      : '\nNot all were stopped.',
  );
  return isSafe;
}

/** @returns whether the attack succeeded, as it should */
export async function attackWeakenedCopy(weakening: Weakening): Promise<boolean> {
  const attack = ATTACKS.find(({ name }) => name === weakening.attack);
  if (!attack) throw new Error(`"${weakening.name}" names no attack`);
  say(`A copy of this project without "${weakening.name}": ${weakening.what}.\n`);
  showEdit(readFileSync(weakening.file, 'utf8'), weakening);

  const slownessMs = attack.isLikelyWhenSlow ? SLOWNESS_MS : 0;
  const outcome = await withWeakenedCopy(weakening, slownessMs, async ({ instance, ca }) => {
    say(`\nIt runs at ${instance.origin}, on an engine${slownessMs ? ' (a slow one)' : ''} and a clock of its own.`);
    const browsers = await browsersFor(instance.origin, ca);
    return (
      await play(
        attack,
        liveStage(browsers, async () => instance, tell),
      )
    ).outcome;
  });
  say('\nThe copy is removed. Your project was not touched.');
  if (outcome === 'stopped') say('The attack did not succeed: either it lost a race, or something else stops it too.');
  return outcome === 'SUCCEEDED';
}

async function play(attack: Attack, stage: LiveStage): Promise<Ending> {
  announce(attack);
  try {
    const ending = await outcomeOf(attack, stage);
    conclude(ending);
    return ending;
  } finally {
    const left = await stage.clear();
    if (left.length > 0) say(`  These accounts could not be removed: ${left.join(', ')}`);
  }
}

/** An attack that cannot be played proves nothing, and does not keep the others from being played. */
async function outcomeOf(attack: Attack, stage: LiveStage): Promise<Ending> {
  try {
    return { attack, outcome: (await attack.play(stage)) ? 'SUCCEEDED' : 'stopped' };
  } catch (error) {
    if (!(error instanceof NotPlayed)) throw error;
    return { attack, outcome: 'not played', reason: error.message };
  }
}

/** @throws NotPlayed where the engine's address is not known */
async function startSecondInstance(): Promise<Instance> {
  try {
    readEngineUrl();
  } catch (error) {
    throw new NotPlayed(`the address of the engine ${error instanceof Error ? error.message : error}`);
  }
  tell('(Nobody can move the clock of a running server. A second instance of the app looks at the same session,');
  tell(' in the same engine, with a clock that is ahead.)');
  return runInstance(process.cwd());
}
