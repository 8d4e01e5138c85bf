import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Answers } from '../options/options.ts';
import { packageManagerCommands } from '../options/package-manager.ts';
import { runProgram } from './program.ts';
import type { StepResult, StepWorld } from './step.ts';

type Project = Pick<Answers, 'directory' | 'packageManager' | 'docker' | 'ci'>;

/** Installs the dependencies, and looks whether they are there. The package manager's own output shows the progress. */
export async function install(project: Project, world: StepWorld): Promise<StepResult> {
  const { directory, packageManager } = project;
  const commands = packageManagerCommands(packageManager);
  const command = (await isOutsideOfWorkspace(project, world)) ? commands.installAlone : commands.install;
  const [program = '', ...args] = command.split(' ');
  const all = [...args, ...commands.withDevelopment];
  const outcome = await runProgram(program, all, directory, world, world.show);
  const problem = outcome.ok
    ? problemAfter(project)
    : { note: outcome.isMissing ? `${program} is not installed` : `"${command}" failed`, finish: command };
  if (!problem) return { step: 'install', status: 'done', note: 'dependencies installed' };
  return { step: 'install', status: 'failed', ...problem, ...(outcome.output && { output: outcome.output }) };
}

// --- internal ---

interface Problem {
  note: string;
  finish: string;
}

function problemAfter({ directory, packageManager, docker, ci }: Project): Problem | undefined {
  const { install, installAlone, withDevelopment, lockFile } = packageManagerCommands(packageManager);
  const missing = missingDependencies(directory);
  if (missing.length > 0)
    return {
      note: `"${install}" ended well, but ${missing.length} dependencies are not there, such as ${missing[0]}; its configuration may say so`,
      finish: [installAlone, ...withDevelopment].join(' '),
    };
  if ((docker || ci) && !existsSync(join(directory, lockFile)))
    return {
      note: `the dependencies are installed, but the Dockerfile and the workflow need a ${lockFile} in the project, and that of the workspace is elsewhere`,
      finish: installAlone,
    };
  return undefined;
}

/** Those of package.json that do not resolve from the project: here or in a folder above, as in a workspace. */
function missingDependencies(directory: string): string[] {
  const manifest = join(directory, 'package.json');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const { resolve } = createRequire(manifest);
  const isThere = (name: string): boolean =>
    (resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')));
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !isThere(name));
}

/** Below a workspace that does not list the project, pnpm would install the workspace and nothing here. */
async function isOutsideOfWorkspace(
  { directory, packageManager }: Project,
  world: StepWorld,
): Promise<boolean> {
  if (packageManager !== 'pnpm' || !isBelow('pnpm-workspace.yaml', dirname(directory))) return false;
  const list = ['list', '--recursive', '--depth', '-1', '--parseable'];
  const { ok, output } = await runProgram('pnpm', list, directory, world);
  return ok && !output.split(/\r?\n/).includes(directory);
}

const isBelow = (file: string, directory: string): boolean =>
  existsSync(join(directory, file)) ||
  (dirname(directory) !== directory && isBelow(file, dirname(directory)));
