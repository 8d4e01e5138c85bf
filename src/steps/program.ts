import type { StepWorld } from './step.ts';

export type Outcome = { ok: true; output: string } | { ok: false; isMissing: boolean; output: string };

/** Git variables of a hook or an alias would lead to another repository than the new project's. */
const FOREIGN_GIT = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'];

/**
 * Runs a program in the project. It gets no input, so that a question of its own cannot hang the run; output that is
 * shown goes to standard error, because standard output is for what we say ourselves.
 *
 * Without execa, which was a fifth of what everybody downloads, for this one call.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { env, signal }: Pick<StepWorld, 'env' | 'signal'>,
  output: 'shown' | 'kept' = 'kept',
): Promise<Outcome> {
  const { spawn } = await import('node:child_process'); // milliseconds that a run without steps need not wait
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN_GIT.includes(name)));
  const stream = output === 'shown' ? 2 : 'pipe';
  const child = spawn(program, args, {
    cwd,
    env: kept,
    signal,
    stdio: ['ignore', stream, stream],
    // Package managers are scripts there, which only a shell can start. Their arguments are plain words.
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
