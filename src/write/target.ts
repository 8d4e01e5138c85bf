import { mkdirSync, readdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PlannedFile } from '../plan/planned-file.ts';
import { moveInto } from './move.ts';
import { newStage, remove, sweepStaleStages } from './stages.ts';
import { explain, lookAt, nearestExisting } from './target-check.ts';

/** Writes all files or none. They appear in order; the last one marks the project as complete. */
export async function writeProject(directory: string, files: readonly PlannedFile[]): Promise<void> {
  try {
    // Nothing is missing, but the run that wrote the files may have been killed before it cleaned up.
    if (files.length === 0) await sweepStaleStages(inside(directory));
    else if (lookAt(directory)) await fillDirectory(directory, files);
    else await createDirectory(directory, files);
  } catch (error) {
    throw explain(error, directory);
  }
}

// --- internal ---

/** A new target appears by one rename of a complete stage beside it, so that half a project is never visible. */
async function createDirectory(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const parent = dirname(directory);
  const existing = nearestExisting(parent);
  const stage = newStage(directory);
  try {
    makeMissing(parent);
    await sweepStaleStages(directory);
    writeStage(stage, files);
    renameSync(stage, directory);
  } catch (error) {
    await remove(stage);
    removeEmptyParents(parent, existing);
    throw error;
  }
}

/**
 * Keeps the existing directory, which may be the current one of a shell. The stage is inside it, because the directory
 * may be a mount, and each file moves from there in one step. If a move fails, the added files are removed.
 */
async function fillDirectory(directory: string, files: readonly PlannedFile[]): Promise<void> {
  const stage = newStage(inside(directory));
  const moved: string[] = [];
  try {
    await sweepStaleStages(inside(directory));
    writeStage(stage, files);
    moveInto(directory, stage, files.at(-1)?.path, moved);
  } catch (error) {
    for (const path of moved) await remove(path);
    throw error;
  } finally {
    await remove(stage);
  }
}

/** A path in the directory for a stage to lie beside. */
const inside = (directory: string): string => join(directory, basename(directory));

/** Without path.join, which takes half as long as the writing itself. */
function writeStage(stage: string, files: readonly PlannedFile[]): void {
  mkdirSync(stage);
  for (const folder of foldersOf(files)) mkdirSync(`${stage}/${folder}`);
  for (const { path, contents, mode } of files)
    writeFileSync(`${stage}/${path}`, contents, { mode, flag: 'wx' });
}

/** Every folder of the project, parents first. */
function foldersOf(files: readonly PlannedFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

/** Not mkdir with `recursive`: under /proc, Node would retry forever. */
function makeMissing(directory: string): void {
  if (lookAt(directory)) return;
  makeMissing(dirname(directory));
  mkdirSync(directory);
}

/** Removes empty directories upwards, up to but not including `last`. */
function removeEmptyParents(directory: string, last: string): void {
  if (directory === last) return;
  if (lookAt(directory)) {
    if (readdirSync(directory).length > 0) return;
    rmdirSync(directory);
  }
  removeEmptyParents(dirname(directory), last);
}
