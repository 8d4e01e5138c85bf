import { readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import {
  REPORT_ARGUMENTS,
  REPORT_FILE,
  readSuiteReport,
  type SuiteReport,
} from '../../support/suite-report.ts';

/** How a script of a project ended. */
export interface Ending {
  code: number | undefined;
  output: string;
}

const BIN = resolve('node_modules', '.bin');

/** Runs a script of the project's package.json as npm would, with our node_modules/.bin on the PATH. */
export async function runScript(
  directory: string,
  script: string,
  { args = '', env = {} }: { args?: string; env?: Record<string, string> } = {},
): Promise<Ending> {
  const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const { exitCode, all } = await execa(`${scripts[script]} ${args}`, {
    shell: true,
    cwd: directory,
    env: environment(env),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  return { code: exitCode, output: all };
}

/** Runs the project's whole suite, or the files named, and counts. One file at a time, as two suites run at once. */
export async function runSuite(
  directory: string,
  env: Record<string, string> = {},
  files: readonly string[] = [],
): Promise<Ending & { report: SuiteReport }> {
  rmSync(join(directory, REPORT_FILE), { force: true });
  const args = [...files, ...REPORT_ARGUMENTS].join(' ');
  const ending = await runScript(directory, 'test', { args, env: { VITEST_MAX_WORKERS: '1', ...env } });
  return { ...ending, report: readSuiteReport(directory) };
}

// --- internal ---

/** Without what npm, vitest and CI say of our own run: the project's tests are a run of their own. */
function environment(changes: Record<string, string>): Record<string, string> {
  const isForeign = /^(npm_|VITEST|GIT_|CI$|NODE_ENV$|NODE_OPTIONS$|TEST|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/;
  const kept = Object.entries(process.env).filter(([name]) => !isForeign.test(name));
  const path = `${BIN}${delimiter}${changes.PATH ?? process.env.PATH}`;
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...changes, PATH: path };
}
