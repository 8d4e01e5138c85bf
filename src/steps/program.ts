import type { StepWorld } from './step.ts';

export type Outcome = { ok: true; output: string } | { ok: false; isMissing: boolean; output: string };

/** Set in a git hook or alias, these would point to another repository than the new one. */
const FOREIGN_GIT = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'];

/**
 * Runs a program in the project. It gets no input, so that a prompt of its own cannot hang the run. Its output goes to
 * standard error, because standard output is ours.
 *
 * Without execa, which made the download a quarter larger for this one call.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { env, signal }: Pick<StepWorld, 'env' | 'signal'>,
  output: 'shown' | 'kept' = 'kept',
): Promise<Outcome> {
  const { spawn } = await import('node:child_process'); // saves milliseconds in a run without steps
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN_GIT.includes(name)));
  const stream = output === 'shown' ? 2 : 'pipe';
  const child = spawn(program, args, {
    cwd,
    env: kept,
    signal,
    stdio: ['ignore', stream, stream],
    // On Windows package managers are scripts, which only a shell can start. Their arguments need no quoting.
    shell: process.platform === 'win32' && program !== 'git',
  });
  let text = '';
  for (const readable of [child.stdout, child.stderr]) {
    readable?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  let isMissing = false;
  child.on('error', (error: NodeJS.ErrnoException) => {
    isMissing = error.code === 'ENOENT';
  });
  return new Promise((done) => {
    child.on('close', (code) => {
      const said = text.replace(/\r?\n$/, '');
      done(code === 0 ? { ok: true, output: said } : { ok: false, isMissing, output: said });
    });
  });
}
