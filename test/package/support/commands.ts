import { delimiter } from 'node:path';
import { execa } from 'execa';

export interface Outcome {
  code: number | undefined;
  /** stdout and stderr, as a terminal would show them. */
  output: string;
}

export interface Circumstances {
  env?: Record<string, string>;
  /** Folders in front of the PATH: another Node, another package manager. */
  path?: readonly string[];
}

/** Runs a program in a folder of a user, to its end. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  { env = {}, path = [] }: Circumstances = {},
): Promise<Outcome> {
  const { exitCode, all, code } = await execa(program, args, {
    cwd,
    env: userEnvironment({ env, path }),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  return { code: exitCode, output: withoutForeignWarnings(all ?? `${program}: ${code}`) };
}

/** @returns what it printed @throws when it fails */
export async function succeed(
  program: string,
  args: readonly string[],
  cwd: string,
  circumstances?: Circumstances,
): Promise<string> {
  const { code, output } = await run(program, args, cwd, circumstances);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** Ours without what npm, vitest and CI say of the run of the tests, and with an author for git. */
export function userEnvironment({ env = {}, path = [] }: Circumstances): Record<string, string> {
  const isForeign =
    /^(npm_|VITEST|GIT_|CI$|NODE_ENV$|NODE_OPTIONS$|TEST|DEV$|PROD$|SSR$|MODE$|BASE_URL$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !isForeign.test(name));
  const outside = (process.env.PATH ?? '').split(delimiter).filter((folder) => !/node_modules/.test(folder));
  return {
    ...Object.fromEntries(kept),
    NO_COLOR: '1',
    PATH: [...path, ...outside].join(delimiter),
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
    ...env,
  };
}

// --- internal ---

/** A setting of this machine that npm does not know is no word about the project. */
function withoutForeignWarnings(output: string): string {
  return output.replaceAll(/^npm warn Unknown (user|env|builtin|global) config .*\n?/gm, '');
}
