import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlannedFile } from './plan.ts';
import { newStage, remove, sweepStaleStages } from './stages.ts';
import { checkTarget, explain, nearestExisting } from './target-check.ts';

/** File tree → disk, whole or not at all. Files come in order; the last one says that the project is complete. */
export async function writeProject(directory: string, files: readonly PlannedFile[]): Promise<void> {
  checkTarget(directory);
  try {
    if (lstatSync(directory, { throwIfNoEntry: false })) await fillEmptyDirectory(directory, files);
    else await createDirectory(directory, files);
  } catch (error) {
    throw explain(error, directory);
  }
}

// --- internal ---

/** A new target appears by one rename of a complete stage beside it, so that nobody ever sees half a project. */
async function createDirectory(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const parent = dirname(directory);
  const existing = nearestExisting(parent);
  const stage = newStage(directory);
  try {
    mkdirSync(parent, { recursive: true });
    await sweepStaleStages(directory);
    makeDirectories(stage, files);
    for (const file of files) writeNew(stage, file);
    renameSync(stage, directory);
  } catch (error) {
    await remove(stage);
    removeEmptyParents(parent, existing);
    throw error;
  }
}

/** The directory is the user's, perhaps the current one of a shell: it stays, and what we added goes if we fail. */
async function fillEmptyDirectory(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const written: string[] = [];
  try {
    makeDirectories(directory, files);
    for (const file of files) {
      written.push(join(directory, file.path));
      writeNew(directory, file);
    }
  } catch (error) {
    // Somebody else's file, made since we looked, is not ours to remove.
    if (isAlreadyThere(error)) written.pop();
    for (const path of written) await remove(path);
    for (const { path } of files) removeEmptyParents(dirname(join(directory, path)), directory);
    throw error;
  }
}

const isAlreadyThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** Only ever new files: `wx` fails on one that is there. */
function writeNew(root: string, { path, contents, mode }: PlannedFile): void {
  writeFileSync(join(root, path), contents, { mode, flag: 'wx' });
}

function makeDirectories(root: string, files: readonly PlannedFile[]): void {
  for (const directory of new Set(files.map(({ path }) => dirname(join(root, path)))))
    mkdirSync(directory, { recursive: true });
}

/** Upwards, as far as they are empty, and never `last` itself. */
function removeEmptyParents(directory: string, last: string): void {
  if (directory === last) return;
  if (lstatSync(directory, { throwIfNoEntry: false })) {
    if (readdirSync(directory).length > 0) return;
    rmdirSync(directory);
  }
  removeEmptyParents(dirname(directory), last);
}
