import { mkdirSync, readdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlannedFile } from './plan.ts';
import { newStage, remove, sweepStaleStages } from './stages.ts';
import { checkTarget, codeOf, explain, lookAt, nearestExisting } from './target-check.ts';

/** File tree → disk, whole or not at all. Files come in order; the last one says that the project is complete. */
export async function writeProject(directory: string, files: readonly PlannedFile[]): Promise<void> {
  checkTarget(directory);
  try {
    if (lookAt(directory)) await fillEmptyDirectory(directory, files);
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
    makeMissing(parent);
    await sweepStaleStages(directory);
    mkdirSync(stage);
    makeFolders(stage, files);
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
    makeFolders(directory, files);
    for (const file of files) {
      written.push(join(directory, file.path));
      writeNew(directory, file);
    }
  } catch (error) {
    // Somebody else's file, made since we looked, is not ours to remove.
    if (codeOf(error) === 'EEXIST') written.pop();
    for (const path of written) await remove(path);
    for (const folder of foldersOf(files)) removeEmptyParents(join(directory, folder), directory);
    throw error;
  }
}

/** Only ever new files: `wx` fails on one that is there. Not path.join, which takes half as long as the writing itself. */
function writeNew(root: string, { path, contents, mode }: PlannedFile): void {
  writeFileSync(`${root}/${path}`, contents, { mode, flag: 'wx' });
}

function makeFolders(root: string, files: readonly PlannedFile[]): void {
  for (const folder of foldersOf(files)) mkdirSync(`${root}/${folder}`);
}

/** Every folder of the project, each after the one that holds it. */
function foldersOf(files: readonly PlannedFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

/** Not mkdir with `recursive`: Node tries for ever where the system says that there is no such directory (/proc). */
function makeMissing(directory: string): void {
  if (lookAt(directory)) return;
  makeMissing(dirname(directory));
  mkdirSync(directory);
}

/** Upwards, as far as they are empty, and never `last` itself. */
function removeEmptyParents(directory: string, last: string): void {
  if (directory === last) return;
  if (lookAt(directory)) {
    if (readdirSync(directory).length > 0) return;
    rmdirSync(directory);
  }
  removeEmptyParents(dirname(directory), last);
}
