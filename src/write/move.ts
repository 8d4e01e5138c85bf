import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { codeOf } from '../errors.ts';
import { FOLDER_MODE } from '../plan/planned-file.ts';
import { lookAt } from './target-check.ts';

/**
 * Moves the contents of a stage into the directory, `last` at the end. A new folder moves in one rename, so that
 * certificates and their key appear together. Nothing existing is replaced.
 *
 * @param moved collects each added path, even when a later one fails
 */
export function moveInto(directory: string, stage: string, last: string | undefined, moved: string[]): void {
  const entries = readdirSync(stage, { withFileTypes: true });
  const isLast = ({ name }: { name: string }): boolean => name === last;
  for (const entry of [...entries.filter((entry) => !isLast(entry)), ...entries.filter(isLast)]) {
    const [from, to] = [`${stage}/${entry.name}`, `${directory}/${entry.name}`];
    if (!entry.isDirectory()) addFile(from, to);
    else if (lookAt(to) || !movesWhole(from, to)) {
      moveInto(to, from, undefined, moved);
      continue;
    }
    moved.push(to);
  }
}

// --- internal ---

/** It does not where the directory has a part on another file system: a mount, or a volume of a container. */
function movesWhole(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    mkdirSync(to, { mode: FOLDER_MODE });
    return false;
  }
}

/** Unlike a rename, a link and an exclusive copy fail if the file exists. Some file systems support no links, and none to another. */
function addFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}
