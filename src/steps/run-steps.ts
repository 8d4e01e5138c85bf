import type { Answers } from '../options.ts';
import { git } from './git.ts';
import { install } from './install.ts';
import type { StepResult, StepWorld } from './step.ts';

/** After the files. A step that fails stops no other; git comes last, so that its commit holds the lock file. */
export async function runSteps(
  answers: Answers,
  world: StepWorld,
  onResult: (result: StepResult) => void,
): Promise<readonly StepResult[]> {
  const steps = [
    ...(answers.install ? [() => install(answers, world)] : []),
    ...(answers.git ? [() => git(answers.directory, world)] : []),
  ];
  const results: StepResult[] = [];
  for (const step of steps) {
    if (world.signal.aborted) break;
    const result = await step();
    onResult(result);
    results.push(result);
  }
  return results;
}
