import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { codeOf, UserError } from '../errors.ts';
import { quoted } from '../legible.ts';
import { explained } from '../system-errors.ts';

/** Checks that the project can be written there, beside existing files if that is allowed. Only reads. */
export function checkTarget(directory: string, mayHoldFiles = false): void {
  try {
    refuseCharacters(directory);
    const place = nearestExisting(directory);
    // A broken link is refused too: following it would create a directory the user did not name.
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory())
      throw inTheWay(`${place} is not a directory`, 'Choose another directory.');
    const entries = place === directory && !mayHoldFiles ? conflicting(directory, readdirSync(place)) : [];
    if (entries.length > 0) throw inTheWay(`${directory} is not empty: it contains ${enumerate(entries)}`);
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw explain(error, directory);
  }
}

/** What would stop a run without merging; undefined if nothing would. */
export function obstacleIn(directory: string): string | undefined {
  try {
    checkTarget(directory);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The directory itself, or its nearest existing parent. */
export function nearestExisting(directory: string): string {
  return lookAt(directory) || dirname(directory) === directory
    ? directory
    : nearestExisting(dirname(directory));
}

/** What exists at the path, without following links; undefined if nothing does. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A path below a file does not exist either.
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What stopped the writing, as a UserError where the user can do something about it. */
export function explain(error: unknown, directory: string): unknown {
  const isTaken = ['EEXIST', 'ENOTEMPTY'].includes(codeOf(error));
  return isTaken
    ? inTheWay(`another run is writing to ${directory} at the moment`)
    : explained(error, directory);
}

// --- internal ---

/** Vite reads paths as URLs and patterns, so no test of the project would be found; a control character forges lines. */
const UNUSABLE = sep === '/' ? /[#?\\\p{Cc}]|%[\da-f]{2}/iu : /[#?\p{Cc}]|%[\da-f]{2}/iu;

function refuseCharacters(directory: string): void {
  const [found] = UNUSABLE.exec(directory) ?? [];
  if (found === undefined) return;
  throw inTheWay(
    `the path ${quoted(directory)} contains ${quoted(found)}, and the tests of a project cannot run there`,
    'Choose another directory.',
  );
}

/** What version control, editors, hosting sites and desktops leave in a directory that looks empty. */
const HARMLESS =
  /^(\.git|\.hg|\.svn|\.gitattributes|\.gitkeep|\.idea|\.vscode|\.zed|.*\.iml|\.DS_Store|Thumbs\.db|LICEN[CS]E(\.\w+)?|COPYING)$/i;

const conflicting = (directory: string, entries: readonly string[]): string[] =>
  entries.filter((name) => !HARMLESS.test(name) && !isStage(directory, name));

/** Left by a killed run; the next one removes it. */
const isStage = (directory: string, name: string): boolean =>
  name.startsWith(`.${basename(directory)}.stage-`);

export const inTheWay = (
  problem: string,
  fix = 'Choose another directory, or add only the missing files with --on-conflict merge.',
): UserError => new UserError('target_in_the_way', problem, { flag: 'directory', fix });

function enumerate(entries: readonly string[]): string {
  const shown = entries.slice(0, 3).join(', ');
  return entries.length > 3 ? `${shown} and ${entries.length - 3} more` : shown;
}
