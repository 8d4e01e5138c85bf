import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary.ts';

/** A project whose two dependencies lie beside it, so that a real package manager needs no network. */
export function localProject(inside = temporaryDirectory(), path = 'my-app'): string {
  for (const name of ['runs', 'tests']) {
    mkdirSync(join(inside, name), { recursive: true });
    writeFileSync(join(inside, name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
  }
  const directory = join(inside, path);
  mkdirSync(directory, { recursive: true });
  const up = '../'.repeat(path.split('/').length);
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({
      name: 'my-app',
      version: '1.0.0',
      dependencies: { runs: `file:${up}runs` },
      devDependencies: { tests: `file:${up}tests` },
    }),
  );
  return directory;
}
