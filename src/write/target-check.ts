import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { codeOf, UserError } from '../errors.ts';

/** Whether the project can go there, among what is there already if that is allowed. Looks, and changes nothing. */
export function checkTarget(directory: string, mayHoldFiles = false): void {
  try {
    const place = nearestExisting(directory);
    // A link to nowhere is something too; following it would make a directory the user did not name.
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory())
      throw inTheWay(`${place} is no directory`, 'Choose another directory.');
    const entries = place === directory && !mayHoldFiles ? conflicting(directory, readdirSync(place)) : [];
    if (entries.length > 0) throw inTheWay(`${directory} is not empty: it holds ${enumerate(entries)}`);
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw explain(error, directory);
  }
}

/** What would stop a run that may not merge; undefined when nothing would. */
export function obstacleIn(directory: string): string | undefined {
  try {
    checkTarget(directory);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The directory itself, or the nearest one above that is there. */
export function nearestExisting(directory: string): string {
  return lookAt(directory) || dirname(directory) === directory
    ? directory
    : nearestExisting(dirname(directory));
}

/** What is there, links not followed; undefined where nothing is. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Below a file there is nothing either.
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What the system says of a target becomes something to act on; the rest are our own mistakes and keep their stack. */
export function explain(error: unknown, directory: string): unknown {
  const code = codeOf(error);
  if (code === 'EEXIST' || code === 'ENOTEMPTY')
    return inTheWay(`somebody else is filling ${directory} just now`);
  const reason = REASONS[code];
  if (!reason) return error;
  const fix = 'Choose another directory.';
  return new UserError('target_not_writable', `cannot write to ${directory}: ${reason}`, {
    flag: 'directory',
    fix,
  });
}

// --- internal ---

/** What version control, editors, hosts and desktops leave in a directory that is empty to its owner. */
const HARMLESS =
  /^(\.git|\.hg|\.svn|\.gitattributes|\.gitkeep|\.idea|\.vscode|\.zed|.*\.iml|\.DS_Store|Thumbs\.db|LICEN[CS]E(\.\w+)?|COPYING)$/i;

const conflicting = (directory: string, entries: readonly string[]): string[] =>
  entries.filter((name) => !HARMLESS.test(name) && !isStage(directory, name));

/** Of a run that was killed; the next one sweeps it. */
const isStage = (directory: string, name: string): boolean =>
  name.startsWith(`.${basename(directory)}.stage-`);

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no directory can be made there',
  ENOTDIR: 'a part of the path is no directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENAMETOOLONG: 'the name is too long',
};

const inTheWay = (
  problem: string,
  fix = 'Choose another directory, or add what is missing with --on-conflict merge.',
): UserError => new UserError('target_in_the_way', problem, { flag: 'directory', fix });

function enumerate(entries: readonly string[]): string {
  const shown = entries.slice(0, 3).join(', ');
  return entries.length > 3 ? `${shown} and ${entries.length - 3} more` : shown;
}
