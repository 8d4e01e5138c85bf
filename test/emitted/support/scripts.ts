import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';

/** How a script of a project ended. */
export interface Ending {
  code: number | undefined;
  output: string;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
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
    env: { ...ownEnvironment(), ...env },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  return { code: exitCode, output: all };
}

/** Runs the project's whole suite, or the files named, and counts. */
export async function runSuite(
  directory: string,
  env: Record<string, string> = {},
  files = '',
): Promise<Ending & { counts: Counts }> {
  const report = join(directory, '.data', 'test-report.json');
  const args = `${files} --reporter=default --reporter=json --outputFile.json="${report}"`;
  const ending = await runScript(directory, 'test', { args, env });
  return { ...ending, counts: readCounts(report) };
}

// --- internal ---

/** Without what npm, vitest and CI say of our own run: the project's tests are a run of their own. */
function ownEnvironment(): Record<string, string> {
  const isForeign = /^(npm_|VITEST|GIT_|CI$|NODE_ENV$|NODE_OPTIONS$|TEST|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/;
  const kept = Object.entries(process.env).filter(([name]) => !isForeign.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', PATH: `${BIN}${delimiter}${process.env.PATH}` };
}

function readCounts(report: string): Counts {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // It never came to a test; the output says why.
  }
}
