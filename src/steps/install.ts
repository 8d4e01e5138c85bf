import type { Answers } from '../options/options.ts';
import { packageManagerCommands } from '../options/package-manager.ts';
import { runProgram } from './program.ts';
import type { StepResult, StepWorld } from './step.ts';

/** Installs the dependencies. The package manager's own output shows the progress. */
export async function install(
  answers: Pick<Answers, 'directory' | 'packageManager'>,
  world: StepWorld,
): Promise<StepResult> {
  const command = packageManagerCommands(answers.packageManager).install;
  const [program = '', ...args] = command.split(' ');
  const outcome = await runProgram(program, args, answers.directory, world, world.output ?? 'shown');
  if (outcome.ok) return { step: 'install', status: 'done', note: 'dependencies installed' };
  const note = outcome.isMissing ? `${program} is not installed` : `"${command}" failed`;
  return {
    step: 'install',
    status: 'failed',
    note,
    finish: command,
    ...(outcome.output && { output: outcome.output }),
  };
}
