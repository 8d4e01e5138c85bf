import { mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import tmp from 'tmp';
import type { TestProject } from 'vitest/node';
import { succeed } from './commands.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `npm pack` made. */
    tarball: string;
    /** The program that it brings, installed in an empty folder. */
    bin: string;
    /** What npm printed when it installed it. */
    installOutput: string;
  }
}

/** Packs the generator as it would be published and installs it where nothing else is. */
export default async function pack({ provide }: TestProject): Promise<() => void> {
  const { name, removeCallback } = tmp.dirSync({ unsafeCleanup: true, prefix: 'css-packed-' });
  const root = realpathSync(name);
  const folder = join(root, 'empty');
  mkdirSync(folder);
  await succeed('npm', ['pack', '--silent', '--pack-destination', root], process.cwd());
  const tarball = join(root, readdirSync(root).find((file) => file.endsWith('.tgz')) ?? '');
  const installOutput = await succeed(
    'npm',
    ['install', '--no-audit', '--foreground-scripts', tarball],
    folder,
  );
  provide('tarball', tarball);
  provide('installOutput', installOutput);
  provide('bin', join(folder, 'node_modules', '.bin', 'create-secure-session-app'));
  return removeCallback;
}
