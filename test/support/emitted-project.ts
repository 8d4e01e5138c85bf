import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import overlays from 'virtual:overlays';
import { decide } from '../../src/ask/answers.ts';
import { readArgs } from '../../src/ask/args.ts';
import { plan } from '../../src/plan/plan.ts';

/** Writes a project into this repository, where it finds its dependencies in our node_modules without an install. */
export async function emitProject(name: string, ...flags: string[]): Promise<string> {
  const directory = resolve('.emitted', name);
  const { given } = readArgs([directory, '--no-install', '--no-git', ...flags], process.cwd());
  const { answers } = await decide(given, { cwd: process.cwd(), packageManager: 'npm' });
  rmSync(directory, { recursive: true, force: true });
  for (const { path, contents, mode } of plan(answers, overlays).files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), contents, { mode });
  }
  return directory;
}

/** What a test uses of the project's own test app: the real app over HTTPS, with a clock to move. */
export interface RunningProject {
  origin: string;
  ca: string;
  clock: { now: number };
  /** Lets every database call whose name begins like this fail. */
  faults: { fail(prefix: string, error?: Error): void; clear(): void };
  log(): { event?: string }[];
  browser(): ProjectBrowser;
  close(): Promise<void>;
}

/** A client in Node, with a cookie jar. */
export interface ProjectBrowser {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body?: unknown, options?: object): Promise<{ status: number; body: unknown }>;
}

/** Runs the app of a project on PostgreSQL, with its embedded database, as if this process ran in its folder. */
export async function runProject(directory: string): Promise<RunningProject> {
  const load = (path: string) => import(/* @vite-ignore */ join(directory, path));
  const here = process.cwd();
  process.chdir(directory);
  const { startDevelopmentDatabase } = await load('scripts/database.ts');
  const { migrate } = await load('src/database/migrations.ts');
  const { startApp } = await load('test/support/app.ts');
  const database = await startDevelopmentDatabase();
  await migrate(database.url);
  const app = await startApp({ databaseUrl: database.url });
  const close = async (): Promise<void> => {
    await app.close();
    await database.stop();
    process.chdir(here);
  };
  return { ...app, close };
}
