import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readOverlays } from '../../../src/build/read-overlays.ts';
import { completeProject } from '../../../src/project.ts';
import { answersOf } from '../../support/answers.ts';
import { overlaysOf } from '../../support/overlays.ts';

const overlays = overlaysOf(readOverlays('templates'));

/**
 * A whole project as the generator makes it, secrets and certificates too, but inside this repository: there it finds
 * its dependencies in our node_modules, and its tests run without an install.
 */
export async function emit(name: string, flags: readonly string[], folder = name): Promise<string> {
  const directory = resolve('.emitted', folder);
  const answers = await answersOf(name, '--no-install', '--no-git', ...flags);
  rmSync(directory, { recursive: true, force: true });
  for (const { path, contents, mode } of completeProject(answers, overlays).files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents, { mode });
  }
  return directory;
}
