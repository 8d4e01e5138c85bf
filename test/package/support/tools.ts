import { dirname } from 'node:path';
import { succeed } from './commands.ts';

/** Folder of a program of an npm package that is fetched for the test, such as `pnpm@10`, to put on the PATH. */
export async function folderOf(program: string, spec: string, cwd: string): Promise<string> {
  const output = await succeed('npx', ['--yes', '--package', spec, '--call', `command -v ${program}`], cwd);
  return dirname(output.trim().split('\n').at(-1) ?? '');
}
