import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answers } from '../../../src/options/options.ts';
import { emit } from '../../emitted/support/emit.ts';
import { succeed } from '../../package/support/commands.ts';

/** A generated project, compiled, and its database migrated. In the repository, where it finds what it depends on. */
export async function compiledProject(
  framework: string,
  store: Answers['store'],
  url: string,
): Promise<string> {
  const directory = await compile(`bench-${framework}-${store}`, framework, store);
  await migrateDatabase(directory, url);
  return directory;
}

export async function compile(name: string, framework: string, store: Answers['store']): Promise<string> {
  const directory = await emit(name, ['--framework', framework, '--store', store]);
  const compiler = resolve('node_modules/typescript/bin/tsc');
  await succeed(process.execPath, [compiler, '-p', 'tsconfig.build.json'], directory);
  return directory;
}

/** @param directory a compiled project */
export async function migrateDatabase(directory: string, url: string): Promise<void> {
  const { migrate } = await import(pathToFileURL(join(directory, 'dist/src/database/migrations.js')).href);
  await migrate(url, join(directory, 'migrations')); // only PostgreSQL has such a folder
}
