import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of this name that runs the given JavaScript; put its folder on the PATH. */
export function fakeProgram(folder: string, name: string, javascript: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${javascript}\n`);
  chmodSync(path, 0o755);
}

/** What a package manager leaves behind, for one of these programs. */
export const INSTALLS = `{
  const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    mkdirSync('node_modules/' + name, { recursive: true });
    writeFileSync('node_modules/' + name + '/package.json', '{}');
  }
}`;

/** Ends by itself only after minutes, and tells of what it ignores. */
export const STUBBORN = `
  require('node:fs').writeFileSync('npm.pid', String(process.pid));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => console.log('ignored'));
  console.log('at work');
  setTimeout(() => {}, 120_000);`;
