import type { Answers } from '../options/options.ts';
import { packageManagerCommands } from '../options/package-manager.ts';
import { git } from '../steps/git.ts';
import { install } from '../steps/install.ts';
import type { Step, StepResult, StepWorld } from '../steps/step.ts';
import { verify } from '../steps/verify.ts';

export interface StepEvents {
  /** Runs a long step and shows its progress. */
  watch(label: string, step: Step): Promise<StepResult>;
  onResult(result: StepResult): void;
}

/** Runs the steps after writing. A failed step does not stop the others, except that verify needs all before it. */
export async function runSteps(
  answers: Answers,
  world: StepWorld,
  isVerified: boolean,
  { watch, onResult }: StepEvents,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  const hasFailed = (): boolean => results.some(({ status }) => status === 'failed');
  const { install: installing, run } = packageManagerCommands(answers.packageManager);
  const steps: Step[] = [
    ...(answers.install ? [() => watch(installing, () => install(answers, world))] : []),
    // After install, so that the commit contains the lock file.
    ...(answers.git ? [() => git(answers.directory, world)] : []),
    ...(isVerified
      ? [async () => (hasFailed() ? UNVERIFIED : await watch(run('test'), () => verify(answers, world)))]
      : []),
  ];
  for (const step of steps) {
    if (world.signal.aborted) break;
    const result = await step();
    onResult(result);
    results.push(result);
  }
  return results;
}

// --- internal ---

const UNVERIFIED: StepResult = {
  step: 'verify',
  status: 'skipped',
  note: 'the tests were not run because an earlier step failed',
};
