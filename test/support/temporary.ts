import { mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import tmp from 'tmp';
import { onTestFinished } from 'vitest';

/** An empty directory that goes with the test. */
export function temporaryDirectory(): string {
  const { name, removeCallback } = tmp.dirSync({ unsafeCleanup: true, prefix: 'css-' });
  onTestFinished(removeCallback);
  // Hidden files of tools beside it must not count: tests compare what it holds.
  const directory = join(realpathSync(name), 'here');
  mkdirSync(directory);
  return directory;
}

/** Everything below a directory, as sorted relative paths. */
export function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
