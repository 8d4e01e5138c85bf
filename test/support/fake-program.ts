import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of this name that runs the given JavaScript; put its folder on the PATH. */
export function fakeProgram(folder: string, name: string, javascript: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${javascript}\n`);
  chmodSync(path, 0o755);
}
