import { lstatSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureDirSync, outputFileSync, removeSync } from 'fs-extra';
import type { PlannedFile } from './plan.ts';
import { newStage, sweepStaleStages } from './stages.ts';
import { checkTarget, explain, nearestExisting } from './target-check.ts';

/** File tree → disk, whole or not at all. Files come in order; the last one says that the project is complete. */
export function writeProject(directory: string, files: readonly PlannedFile[]): void {
  checkTarget(directory);
  try {
    if (lstatSync(directory, { throwIfNoEntry: false })) fillEmptyDirectory(directory, files);
    else createDirectory(directory, files);
  } catch (error) {
    throw explain(error, directory);
  }
}

// --- internal ---

/** A new target appears by one rename of a complete stage beside it, so that nobody ever sees half a project. */
function createDirectory(directory: string, files: readonly PlannedFile[]): void {
  const parent = dirname(directory);
  const existing = nearestExisting(parent);
  const stage = newStage(directory);
  try {
    ensureDirSync(parent);
    sweepStaleStages(directory);
    for (const file of files) writeNew(stage, file);
    renameSync(stage, directory);
  } catch (error) {
    removeSync(stage);
    removeEmptyParents(parent, existing);
    throw error;
  }
}

/** The directory is the user's, perhaps the current one of a shell: it stays, and what we added goes if we fail. */
function fillEmptyDirectory(directory: string, files: readonly PlannedFile[]): void {
  const written: string[] = [];
  try {
    for (const file of files) {
      writeNew(directory, file);
      written.push(join(directory, file.path));
    }
  } catch (error) {
    for (const path of written) removeSync(path);
    for (const path of written) removeEmptyParents(dirname(path), directory);
    throw error;
  }
}

/** Only ever a new file: `wx` fails on one that somebody else has made since we looked. */
function writeNew(root: string, { path, contents, mode }: PlannedFile): void {
  outputFileSync(join(root, path), contents, { mode, flag: 'wx' });
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
