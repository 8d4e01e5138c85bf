import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answers } from '../../../src/options/options.ts';
import { emit } from '../../emitted/support/emit.ts';
import { succeed } from '../../package/support/commands.ts';

/** A generated project, compiled, and its database set up. In the repository, where it finds what it depends on. */
export async function compiledProject(
  framework: string,
  store: Answers['store'],
  url: string,
): Promise<string> {
  const flags = ['--framework', framework, '--store', store];
  const directory = await emit(`bench-${framework}-${store}`, flags);
  const compiler = resolve('node_modules/typescript/bin/tsc');
  await succeed(process.execPath, [compiler, '-p', 'tsconfig.build.json'], directory);
  const load = (path: string) => import(pathToFileURL(join(directory, 'dist', path)).href);
  const { connectEngine } = await load('src/engine.js');
  const { createLog } = await load('src/log.js');
  const { setUpEngine } = await load('scripts/schema.js');
  const database = connectEngine(url, createLog());
  await setUpEngine(database);
  await database.close();
  return directory;
}
