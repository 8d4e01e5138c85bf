import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable } from '../databases/find-program.ts';
import { ProgramMissing } from '../databases/server-process.ts';

/**
 * What actionlint objects to in workflow files: keys, expressions, inputs of well-known actions, names of runners, and
 * where shellcheck is on the PATH the commands. A line per objection. @throws ProgramMissing
 */
export function actionlint(...files: readonly string[]): string[] {
  const args = ['-format', '{{json .}}', ...files];
  const { status, stdout, stderr, error } = spawnSync(program(), args, { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`actionlint failed: ${error ?? stderr}`);
  const objections: { line: number; message: string }[] = JSON.parse(stdout);
  return objections.map(({ line, message }) => `line ${line}: ${message}`);
}

// --- internal ---

/** Built by install.sh, which has the version. */
function program(): string {
  const script = readFileSync(join(import.meta.dirname, '../databases/install.sh'), 'utf8');
  const version = /^actionlint=(v[\d.]+)$/m.exec(script)?.[1];
  if (!version) throw new Error('install.sh names no version of actionlint');
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const path = join(cache, 'create-secure-session-app', `actionlint-${version}`);
  if (isExecutable(path)) return path;
  throw new ProgramMissing('There is no actionlint: run test/databases/install.sh, which needs Go for it');
}
