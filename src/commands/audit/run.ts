/** Plays the checks one after the other. Whatever a server does, there is a verdict for each. */
import { Cancelled } from '../../errors.ts';
import type { App } from './app/app.ts';
import { isStillCalibrated } from './calibrate.ts';
import { type Check, type CheckOptions, type Result, unknown } from './check.ts';
import { CHECKS, LAST_CHECKS } from './checks/index.ts';
import type { Judged } from './grade.ts';
import { NoAnswer } from './http/exchange.ts';

export interface RunEvents {
  onStart(check: Check): void;
  onResult(judged: Judged): void;
}

/**
 * Plays the checks, cleans up by `finish`, and then plays those after which the server may refuse every login.
 * @throws Cancelled when the signal came
 */
export async function runChecks(
  app: App,
  chosen: (check: Check) => boolean,
  options: CheckOptions,
  events: RunEvents,
  finish: () => Promise<void>,
): Promise<Judged[]> {
  const results: Judged[] = [];
  await play(app, CHECKS.filter(chosen), options, events, results);
  const isSound = !app.isLost && (await isStillCalibrated(app));
  if (!app.isLost) await app.leave();
  await finish();
  await play(app, LAST_CHECKS.filter(chosen), options, events, results);
  return isSound ? results : results.map(withdrawn);
}

// --- internal ---

async function play(
  app: App,
  checks: readonly Check[],
  options: CheckOptions,
  { onStart, onResult }: RunEvents,
  results: Judged[],
): Promise<void> {
  for (const check of checks) {
    onStart(check);
    const result = await resultOrReplay(app, check, options, results);
    if (app.signal.aborted) throw new Cancelled();
    const judged = { ...check, ...result };
    results.push(judged);
    onResult(judged);
    if (!app.isLost) await app.leave();
  }
}

/** A check without an answer is played once more, when the server is still there: a hiccup is no verdict. */
async function resultOrReplay(
  app: App,
  check: Check,
  options: CheckOptions,
  before: readonly Judged[],
): Promise<Result> {
  if (app.isLost) return LOST;
  const answered = app.unanswered;
  const result = await resultOf(app, check, options, before);
  if (app.unanswered === answered || app.signal.aborted) return result;
  await app.leave();
  // A server that hangs would make each of the other checks wait for the deadline.
  app.isLost = !(await isStillCalibrated(app));
  return app.isLost ? result : resultOf(app, check, options, before);
}

const LOST = unknown('not asked: the server stopped answering');

async function resultOf(
  app: App,
  check: Check,
  options: CheckOptions,
  before: readonly Judged[],
): Promise<Result> {
  const cause = before.find(({ id, verdict }) => verdict === 'fail' && check.after?.includes(id));
  if (cause)
    return {
      verdict: 'not-applicable',
      evidence: `skipped: ${cause.id} failed, which has the same cause`,
    };
  try {
    return await check.run(app, options);
  } catch (error) {
    if (error instanceof NoAnswer) {
      app.unanswered += 1;
      return unknown(error.message);
    }
    throw error;
  }
}

/** The app no longer tells users from visitors: what looked good may have been its fault. Failures were seen. */
function withdrawn(judged: Judged): Judged {
  if (judged.verdict !== 'pass' && judged.verdict !== 'not-found') return judged;
  return { ...judged, ...unknown('withdrawn: at the end the app no longer told signed in from signed out') };
}
