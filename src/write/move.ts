import { constants, copyFileSync, linkSync, readdirSync, renameSync } from 'node:fs';
import { codeOf } from '../errors.ts';
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
    else if (lookAt(to)) {
      moveInto(to, from, undefined, moved);
      continue;
    } else renameSync(from, to);
    moved.push(to);
  }
}

// --- internal ---

/** Unlike a rename, a link and an exclusive copy fail if the file exists. Some file systems support no links. */
function addFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}
