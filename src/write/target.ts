import { mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FOLDER_MODE, type PlannedFile } from '../plan/planned-file.ts';
import { moveInto } from './move.ts';
import { newStage, remove, sweepStaleStages } from './stages.ts';
import { explain, lookAt } from './target-check.ts';

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
  const stage = newStage(directory);
  const made: string[] = [];
  try {
    makeMissing(parent, made);
    await sweepStaleStages(directory);
    writeStage(stage, files);
    renameSync(stage, directory);
  } catch (error) {
    await remove(stage);
    for (const folder of made.reverse()) removeIfEmpty(folder);
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
  mkdirSync(stage, { mode: FOLDER_MODE });
  for (const folder of foldersOf(files)) mkdirSync(`${stage}/${folder}`, { mode: FOLDER_MODE });
  // Node writes a string in one native call only where the encoding is named.
  for (const { path, contents, mode } of files)
    writeFileSync(`${stage}/${path}`, contents, { encoding: 'utf8', mode, flag: 'wx' });
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

/** Not mkdir with `recursive`: under /proc, Node would retry forever. `made` collects what was missing, parents first. */
function makeMissing(directory: string, made: string[]): void {
  if (lookAt(directory)) return;
  makeMissing(dirname(directory), made);
  mkdirSync(directory, { mode: FOLDER_MODE });
  made.push(directory);
}

/** Another run may have written beside us meanwhile. */
function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {}
}
