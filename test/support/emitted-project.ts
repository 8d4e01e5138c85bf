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
  log(): { event?: string }[];
  browser(): ProjectBrowser;
  close(): Promise<void>;
}

/** A client in Node, with a cookie jar. */
export interface ProjectBrowser {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body?: unknown, options?: object): Promise<{ status: number; body: unknown }>;
}

/** Runs the app of a project on PostgreSQL, with its embedded database. */
export async function runProject(directory: string): Promise<RunningProject> {
  const load = (path: string) => import(/* @vite-ignore */ join(directory, path));
  const { startDevelopmentEngine } = await load('scripts/development-engine.ts');
  const { setUpEngine } = await load('scripts/schema.ts');
  const { connectEngine } = await load('src/engine.ts');
  const { createLog } = await load('src/log.ts');
  const { startApp } = await load('test/support/app.ts');
  const database = await startDevelopmentEngine();
  const connection = connectEngine(database.url, createLog());
  await setUpEngine(connection);
  await connection.close();
  const app = await startApp({
    engineUrl: database.url,
    config: { publicDirectory: join(directory, 'public') },
  });
  const close = async (): Promise<void> => {
    await app.close();
    await database.stop();
  };
  return { ...app, close };
}
