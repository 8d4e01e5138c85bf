import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { codeOf, UserError } from '../errors.ts';
import { generator } from '../generator.ts';
import { isRunning } from './stages.ts';
import { inTheWay, nearestExisting } from './target-check.ts';

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
 * fails while there is another. Without a temporary folder there is no claim; files are written exclusively all the same.
 */
function claim(directory: string): () => void {
  try {
    const place = join(tmpdir(), `${generator.name}-${hashOf(directory)}`);
    const aside = mkdtempSync(`${place}-`);
    mkdirSync(join(aside, String(process.pid)));
    if (!moveTo(place, aside)) {
      discard(aside);
      throw inTheWay(
        `another run is at work in ${directory}`,
        'Choose another directory, or wait until it has ended.',
      );
    }
    return () => {
      renameSync(place, aside);
      discard(aside);
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    return () => {};
  }
}

/** Whether we have the claim now. One that a killed run left is cleared away. */
function moveTo(place: string, aside: string): boolean {
  try {
    renameSync(aside, place);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
    const [pid] = readdirSync(place);
    // In a shared temporary folder, nobody else can keep us from writing.
    if (lstatSync(place).uid !== lstatSync(aside).uid) return true;
    if (isRunning(Number(pid))) return false;
    renameSync(place, `${aside}-old`);
    discard(`${aside}-old`);
    renameSync(aside, place);
  }
  return true;
}

function discard(folder: string): void {
  for (const name of readdirSync(folder)) rmdirSync(join(folder, name));
  rmdirSync(folder);
}

/** The same for a directory that does not exist yet, and for every way that leads to it. */
function hashOf(directory: string): string {
  const existing = nearestExisting(directory);
  const real = join(realpathSync(existing), relative(existing, directory));
  return createHash('sha256').update(real).digest('hex').slice(0, 16);
}
