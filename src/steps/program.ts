import type { ChildProcess } from 'node:child_process';
import { codeOf } from '../errors.ts';
import { reasonOf } from '../system-errors.ts';
import type { StepWorld } from './step.ts';

export type Outcome = { ok: true; output: string } | { ok: false; isMissing: boolean; output: string };

/**
 * Variables that make a program do something else than it does in a new terminal: git in a hook uses another repository,
 * and a package manager leaves out development dependencies, installs elsewhere or writes only a lock file.
 */
const MISLEADING = new RegExp(
  `^(${[
    'GIT_(DIR|COMMON_DIR|WORK_TREE|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES)',
    'NODE_ENV|YARN_PRODUCTION',
    '(npm|yarn)_config_(omit|include|only|also|dev|production|global|location|dry_run|bin_links|modules_dir)',
    'npm_config_(package_lock|lockfile)(_only)?|npm_config_(workspaces?|include_workspace_root|recursive)',
  ].join('|')})$`,
  'i',
);

/**
 * Runs a program in the project. It gets no input, so that a prompt of its own cannot hang the run, and none of our
 * outputs, which may be full. What it prints is shown as it comes, or kept.
 *
 * Without execa, which made the download a quarter larger for this one call.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { env, signal, force }: Omit<StepWorld, 'show'>,
  show?: StepWorld['show'],
): Promise<Outcome> {
  const { spawn } = await import('node:child_process'); // saves milliseconds in a run without steps
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !MISLEADING.test(name)));
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd,
      env: kept,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      // On Windows package managers are scripts, which only a shell can start. Their arguments need no quoting.
      shell: process.platform === 'win32' && program !== 'git',
    });
  } catch (error) {
    return { ok: false, isMissing: false, output: reasonOf(error) }; // denied by Node's permission model
  }
  let text = '';
  const outputs = [child.stdout, child.stderr].filter((readable) => readable !== null);
  for (const readable of outputs) {
    readable.setEncoding('utf8').on('data', (chunk: string) => {
      if (show) show(chunk);
      else text += chunk;
    });
  }
  // Programs that it started may hold its output open.
  child.on('exit', () => {
    if (signal.aborted) for (const readable of outputs) readable.destroy();
  });
  force?.addEventListener('abort', () => child.kill('SIGKILL'));
  let isMissing = false;
  child.on('error', (error) => {
    isMissing = codeOf(error) === 'ENOENT';
    if (!isMissing && !signal.aborted) text += reasonOf(error);
  });
  return new Promise((done) => {
    child.on('close', (code) => {
      const output = text.replace(/\r?\n$/, '');
      done(code === 0 ? { ok: true, output } : { ok: false, isMissing, output });
    });
  });
}
