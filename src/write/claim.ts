import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { codeOf } from '../errors.ts';
import { generator } from '../generator.ts';
import { isRunning } from './stages.ts';
import { inTheWay, lookAt, nearestExisting } from './target-check.ts';

/**
 * Does something while no other run of this user does the same to the directory. Two runs that add missing files would
 * otherwise both find everything there, and install at the same time.
 *
 * @throws UserError when another run is at work there
 */
export async function whileClaimed<Result>(directory: string, act: () => Promise<Result>): Promise<Result> {
  const release = claim(directory);
  try {
    return await act();
  } finally {
    release();
  }
}

// --- internal ---

/**
 * A folder whose name follows from the directory, holding one named after our process. It moves there in one step, which
 * fails while there is another. Where no claim can be had, files are written exclusively all the same.
 */
function claim(directory: string): () => void {
  const place = join(tmpdir(), `${generator.name}-${hashOf(directory)}`);
  let aside: string;
  try {
    aside = mkdtempSync(`${place}-`);
    mkdirSync(join(aside, String(process.pid)));
  } catch {
    return () => {};
  }
  clearStale(place, aside);
  try {
    renameSync(aside, place);
  } catch (error) {
    const isOurs = lookAt(place)?.uid === lookAt(aside)?.uid;
    discard(aside);
    // In a shared temporary folder, nobody else can keep us from writing.
    if (!isOurs || !['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return () => {};
    throw inTheWay(
      `another run is at work in ${directory}`,
      'Choose another directory, or wait until it has ended.',
    );
  }
  return () => {
    try {
      renameSync(place, aside);
      discard(aside);
    } catch {
      // Something swept the temporary folder meanwhile.
    }
  };
}

/** What a killed run left. */
function clearStale(place: string, aside: string): void {
  try {
    const [pid] = readdirSync(place);
    if (pid === undefined || isRunning(Number(pid))) return;
    renameSync(place, `${aside}-stale`);
    discard(`${aside}-stale`);
  } catch {
    // There is none, or it is another user's: that cannot be moved, and need not be.
  }
}

function discard(folder: string): void {
  for (const name of readdirSync(folder)) rmdirSync(join(folder, name));
  rmdirSync(folder);
}

/** The same for a directory that does not exist yet, and for every way that leads to it. */
function hashOf(directory: string): string {
  const existing = nearestExisting(directory);
  const real = join(realpathSync(existing), relative(existing, directory));
  return hash('sha256', real).slice(0, 16);
}
