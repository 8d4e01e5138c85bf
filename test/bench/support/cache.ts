import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '../../package/support/commands.ts';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'create-secure-session-app');

/** What to install: a package.json without its name. */
export interface Wanted {
  dependencies: Readonly<Record<string, string>>;
  overrides?: Readonly<Record<string, string>>;
}

/**
 * A folder outside the repository with these packages, installed once: what we are compared with is no dependency of
 * ours. `npm run bench` and its like install what is missing from the registry that npm is configured for.
 */
export async function installed(name: string, wanted: Wanted): Promise<string> {
  const folder = join(CACHE, name);
  const marker = join(folder, 'installed.json');
  const text = JSON.stringify(wanted);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === text) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...wanted }));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  await succeed('npm', ['install', ...quiet], folder);
  writeFileSync(marker, text);
  return folder;
}
