import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readOverlays } from '../../../src/build/read-overlays.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { PlannedFile } from '../../../src/plan/planned-file.ts';
import { completeProject } from '../../../src/plan/project.ts';
import { type Requirement, requirementsOf as requirementsIn } from '../../../src/plan/requirements.ts';
import { answersOf } from '../../support/answers.ts';
import { overlaysOf } from '../../support/overlays.ts';

const overlays = overlaysOf(readOverlays('templates'));

/**
 * A whole project as the generator makes it, secrets and certificates too, but inside this repository: there it finds
 * its dependencies in our node_modules, and its tests run without an install.
 */
export async function emit(name: string, flags: readonly string[], folder = name): Promise<string> {
  const directory = resolve('.emitted', folder);
  rmSync(directory, { recursive: true, force: true });
  write(directory, await wholeProject(flags, name));
  return directory;
}

/** With secrets and certificates, in memory. */
export async function wholeProject(
  flags: readonly string[],
  name = 'my-app',
): Promise<readonly PlannedFile[]> {
  return completeProject(await answersOf(name, ...flags), overlays).files;
}

/** What is the same in every run: the files without secrets. */
export async function filesOf(name: string, flags: readonly string[]): Promise<readonly PlannedFile[]> {
  return plan(await answersOf(name, ...flags), overlays).files;
}

/** What the project promises, with the tests that prove it. */
export async function requirementsOf(flags: readonly string[]): Promise<readonly Requirement[]> {
  return requirementsIn(await answersOf('my-app', ...flags), overlays);
}

export function write(directory: string, files: readonly PlannedFile[]): void {
  for (const { path, contents, mode } of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents, { mode });
  }
}
