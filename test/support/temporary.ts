import { mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
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

/** Everything below a directory with its contents, to be compared later. A link is where it leads; a folder is null. */
export function snapshotOf(directory: string): Record<string, string | null> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const contents = entry.isFile()
        ? readFileSync(path, 'utf8')
        : entry.isSymbolicLink()
          ? readlinkSync(path)
          : null;
      return [path.slice(directory.length + 1), contents];
    }),
  );
}
