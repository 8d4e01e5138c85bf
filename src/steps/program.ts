import type { StepWorld } from './step.ts';

export type Outcome = { ok: true; output: string } | { ok: false; isMissing: boolean; output: string };

/** Git variables of a hook or an alias would lead to another repository than the new project's. */
const FOREIGN_GIT = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'];

/**
 * Runs a program in the project. It gets no input, so that a question of its own cannot hang the run; output that is
 * shown goes to standard error, because standard output is for what we say ourselves.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { env, signal }: Pick<StepWorld, 'env' | 'signal'>,
  output: 'shown' | 'kept' = 'kept',
): Promise<Outcome> {
  // Loaded here because it is the heaviest of our libraries, and a run without steps does not need it.
  const { execa } = await import('execa');
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN_GIT.includes(name)));
  const result = await execa(program, args, {
    cwd,
    env: kept,
    extendEnv: false,
    stdin: 'ignore',
    ...(output === 'shown' ? ({ stdout: 2, stderr: 'inherit' } as const) : { all: true }),
    reject: false,
    cancelSignal: signal,
  });
  const text = typeof result.all === 'string' ? result.all : '';
  if (!result.failed) return { ok: true, output: text };
  return { ok: false, isMissing: result.code === 'ENOENT', output: text };
}
