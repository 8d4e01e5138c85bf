/**
 * Which database does a run use? TEST_DATABASE_URL, or else a throw-away one that starts and ends with the run. It also
 * compiles the project once, for tests that start the server or a script as a process.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDevelopmentDatabase } from '../../scripts/database.ts';
import { migrate } from '../../src/database/migrations.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null when there is no database to test on. */
    databaseUrl: string | null;
    /** The folder with the compiled project. */
    compiled: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const compiled = compile();
  const { TEST_DATABASE_URL, REQUIRE_DATABASE } = process.env;
  const started = TEST_DATABASE_URL ? null : await start(REQUIRE_DATABASE === '1');
  const url = TEST_DATABASE_URL || started?.url || null;
  if (url) await migrate(url);
  project.provide('databaseUrl', url);
  project.provide('compiled', compiled);
  return async () => {
    rmSync(compiled, { recursive: true, force: true });
    await started?.stop();
  };
}

async function start(required: boolean) {
  try {
    return await startDevelopmentDatabase();
  } catch (error) {
    if (required) throw error;
    console.warn(`There is no database to test on, so the tests that need one are skipped. ${error}`);
    return null;
  }
}

/** Not into dist/, which a running `npm run dev` watches. */
function compile(): string {
  const parent = resolve('node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'compiled-'));
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const options = ['-p', 'tsconfig.build.json', '--incremental', 'false', '--outDir', folder];
  try {
    execFileSync(process.execPath, [join(typescript, 'bin/tsc'), ...options], { encoding: 'utf8' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`The project does not compile:\n${(error as { stdout?: string }).stdout ?? error}`);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return folder;
}
