import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from '../../package/support/commands.ts';

/** Packages and megabytes that npm put there. */
export async function sizeOf(directory: string): Promise<[number, number]> {
  const lock = readFileSync(join(directory, 'node_modules', '.package-lock.json'), 'utf8');
  const used = await succeed('du', ['--summarize', '--block-size=100K', 'node_modules'], directory);
  return [Object.keys(JSON.parse(lock).packages).length, Number.parseInt(used, 10) / 10];
}
