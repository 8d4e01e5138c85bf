import { stripVTControlCharacters } from 'node:util';
import type { Answers } from '../options/options.ts';
import { packageManagerCommands } from '../options/package-manager.ts';
import { runProgram } from './program.ts';
import type { StepResult, StepWorld } from './step.ts';

/** Runs the generated tests, to prove that the project works on this machine. */
export async function verify(
  answers: Pick<Answers, 'directory' | 'packageManager'>,
  world: StepWorld,
): Promise<StepResult> {
  const command = packageManagerCommands(answers.packageManager).run('test');
  const [program = '', ...args] = command.split(' ');
  const outcome = await runProgram(program, args, answers.directory, world, world.show);
  if (outcome.ok)
    return { step: 'verify', status: 'done', note: `the project's tests pass${counted(outcome.output)}` };
  const note = outcome.isMissing
    ? `${program} is not installed`
    : `the project's tests fail${counted(outcome.output)}`;
  return {
    step: 'verify',
    status: 'failed',
    note,
    finish: command,
    ...(outcome.output && { output: outcome.output }),
  };
}

// --- internal ---

/** The summary line of the test runner, if its output was kept. */
function counted(output: string): string {
  const summary = /^ *Tests +(.+)$/m.exec(stripVTControlCharacters(output))?.[1];
  return summary ? `: ${summary}` : '';
}
