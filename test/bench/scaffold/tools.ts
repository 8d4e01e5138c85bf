import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from '../../package/support/commands.ts';
import { installed } from '../support/cache.ts';

/** A generator that is installed, and how it makes a project `my-app` without an install and without git. */
export interface Tool {
  name: string;
  folder: string;
  bin: string;
  args: readonly string[];
}

interface Peer {
  version: string;
  args: readonly string[];
}

/** create-vue as the newest that says it runs on Node 20. */
const PEERS: Record<string, Peer> = {
  'create-vite': { version: '9.3.0', args: ['my-app', '--template', 'react-ts', '--no-interactive'] },
  'create-vue': { version: '3.22.3', args: ['my-app', '--ts', '--vitest', '--eslint'] },
  'create-next-app': { version: '16.4.3', args: ['my-app', '--yes', '--skip-install', '--disable-git'] },
  sv: {
    version: '0.17.1',
    args: ['create', 'my-app', '--template', 'minimal', '--types', 'ts', '--no-add-ons', '--no-install'],
  },
  'express-generator': { version: '4.16.1', args: ['my-app'] },
};

export async function peers(): Promise<Tool[]> {
  const tools: Tool[] = [];
  for (const [name, { version, args }] of Object.entries(PEERS)) {
    const folder = await installed(`peer-${name}`, { dependencies: { [name]: version } });
    tools.push({ name, folder, bin: binOf(folder, name), args });
  }
  return tools;
}

/** Ours as it would be published: packed, and installed in a folder where nothing else is. */
export async function ours(root: string): Promise<Tool & { tarball: string }> {
  const name = 'create-secure-session-app';
  await succeed('npm', ['pack', '--silent', '--pack-destination', root], process.cwd());
  const tarball = join(root, readdirSync(root).find((file) => file.endsWith('.tgz')) ?? '');
  const folder = join(root, 'ours');
  mkdirSync(folder);
  await succeed('npm', ['install', '--no-audit', '--no-fund', tarball], folder);
  return {
    name,
    folder,
    bin: binOf(folder, name),
    args: ['my-app', '--yes', '--no-install', '--no-git'],
    tarball,
  };
}

export function packagesIn(folder: string): number {
  const lock = readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8');
  return Object.keys(JSON.parse(lock).packages).length;
}

function binOf(folder: string, name: string): string {
  const home = join(folder, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return join(home, typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]));
}
