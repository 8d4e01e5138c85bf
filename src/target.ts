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
    for (const folder of foldersOf(files)) removeEmptyParents(join(directory, folder), directory);
    throw error;
  }
}

const isAlreadyThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** Only ever new files: `wx` fails on one that is there. Not path.join, which takes half as long as the writing itself. */
function writeNew(root: string, { path, contents, mode }: PlannedFile): void {
  writeFileSync(`${root}/${path}`, contents, { mode, flag: 'wx' });
}

function makeDirectories(root: string, files: readonly PlannedFile[]): void {
  for (const folder of foldersOf(files)) mkdirSync(`${root}/${folder}`, { recursive: true });
}

/** Every folder that holds a file; the root is the empty one. */
const foldersOf = (files: readonly PlannedFile[]): Set<string> =>
  new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));

/** Upwards, as far as they are empty, and never `last` itself. */
function removeEmptyParents(directory: string, last: string): void {
  if (directory === last) return;
  if (lstatSync(directory, { throwIfNoEntry: false })) {
    if (readdirSync(directory).length > 0) return;
    rmdirSync(directory);
  }
  removeEmptyParents(dirname(directory), last);
}
