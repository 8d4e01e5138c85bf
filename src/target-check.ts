import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from './errors.ts';

/** Whether the project can go there. Looks, and changes nothing. */
export function checkTarget(directory: string): void {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (!found) {
    checkWritable(nearestExisting(dirname(directory)));
    return;
  }
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw inTheWay(`${directory} exists and is no directory`);
  }
  const entries = readdirSync(directory);
  if (entries.length > 0) throw inTheWay(`${directory} is not empty: it holds ${enumerate(entries)}`);
  checkWritable(directory);
}

/** The directory itself, or the nearest one above that is there. */
export function nearestExisting(directory: string): string {
  if (lstatSync(directory, { throwIfNoEntry: false })) return directory;
  return dirname(directory) === directory ? directory : nearestExisting(dirname(directory));
}

// --- internal ---

function checkWritable(directory: string): void {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw inTheWay(`${directory} is no directory`);
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw explain(error, directory);
  }
}

const inTheWay = (problem: string): UserError =>
  new UserError('target_in_the_way', problem, {
    flag: 'directory',
    fix: 'Choose another directory, or empty this one.',
  });

/** What the system says of a target becomes something to act on; the rest are our own mistakes and keep their stack. */
export function explain(error: unknown, directory: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['EEXIST', 'ENOTEMPTY'].includes(code))
    return inTheWay(`${directory} has been filled by somebody else meanwhile`);
  const reason = REASONS[code];
  if (!reason) return error;
  const fix = 'Choose another directory.';
  return new UserError('target_not_writable', `cannot write to ${directory}: ${reason}`, {
    flag: 'directory',
    fix,
  });
}

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

function enumerate(entries: readonly string[]): string {
  const shown = entries.slice(0, 3).join(', ');
  return entries.length > 3 ? `${shown} and ${entries.length - 3} more` : shown;
}
