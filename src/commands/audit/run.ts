/** Plays the checks one after the other. Whatever a server does, there is a verdict for each. */
import { Cancelled } from '../../errors.ts';
import type { App } from './app/app.ts';
import { isStillCalibrated } from './calibrate.ts';
import { type Check, type CheckOptions, type Result, unknown } from './check.ts';
import type { Judged } from './grade.ts';
import { NoAnswer } from './http/exchange.ts';

export interface RunEvents {
  onStart(check: Check, index: number): void;
  onResult(judged: Judged): void;
}

/** @throws Cancelled when the signal came */
export async function runChecks(
  app: App,
  checks: readonly Check[],
  options: CheckOptions,
  { onStart, onResult }: RunEvents,
): Promise<Judged[]> {
  const results: Judged[] = [];
  for (const [index, check] of checks.entries()) {
    onStart(check, index);
    const judged = { ...check, ...(await resultOf(app, check, options, results)) };
    results.push(judged);
    onResult(judged);
    await app.leave();
    if (app.signal.aborted) throw new Cancelled();
  }
  if (await isStillCalibrated(app)) return results;
  await app.leave();
  if (app.signal.aborted) throw new Cancelled();
  return results.map(withdrawn);
}

// --- internal ---

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
      evidence: `not asked after ${cause.id} failed, which has the same cause`,
    };
  try {
    return await check.run(app, options);
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.message);
    throw error;
  }
}

/** The app no longer tells users from visitors: what looked good may have been its fault. Failures were seen. */
function withdrawn(judged: Judged): Judged {
  if (judged.verdict !== 'pass' && judged.verdict !== 'not-found') return judged;
  return { ...judged, ...unknown('withdrawn: at the end the app no longer told signed in from signed out') };
}
