import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../package/support/commands.ts';
import { newcomer, startRegistry } from '../../registry/registry.ts';
import { median } from '../support/numbers.ts';

/** What a user types, for `npm --yes create`. */
const CREATES: Record<string, readonly string[]> = {
  'create-secure-session-app': [
    'secure-session-app@latest',
    'my-app',
    '--',
    '--yes',
    '--no-install',
    '--no-git',
  ],
  'create-vite': ['vite@9.3.0', 'my-app', '--', '--template', 'react-ts', '--no-interactive'],
  'create-next-app': ['next-app@16.4.3', 'my-app', '--', '--yes', '--skip-install', '--disable-git'],
};

/** `npm create` with an empty cache. The first round, in which the registry fetches what it does not have, is not counted. */
export async function coldCreate(root: string, tarball: string, runs: number): Promise<string[][]> {
  const folder = join(root, 'registry');
  mkdirSync(folder);
  const registry = await startRegistry(folder, tarball);
  const took: Record<string, number[]> = {};
  try {
    for (let round = -1; round < runs; round += 1) {
      for (const [name, args] of Object.entries(CREATES)) {
        const user = mkdtempSync(join(root, 'user-'));
        const env = newcomer(registry, join(user, 'home'));
        const begin = performance.now();
        const { code, output } = await run('npm', ['--yes', 'create', ...args], user, { env });
        if (code !== 0) throw new Error(`npm create for ${name} ended with ${code}:\n${output}`);
        if (round >= 0) took[name] = [...(took[name] ?? []), performance.now() - begin];
        rmSync(user, { recursive: true, force: true });
      }
    }
  } finally {
    await registry.stop();
  }
  const rows = Object.entries(took).map(([name, times]) => [name, `${(median(times) / 1000).toFixed(2)} s`]);
  return [['npm create, cold', 'median'], ...rows];
}
