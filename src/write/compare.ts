import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { PlannedFile } from '../plan/planned-file.ts';
import { lookAt } from './target-check.ts';

/** `kept`: an existing .env or certificate. These are never touched, read or compared. */
export type FileState = 'create' | 'identical' | 'differs' | 'kept';

export interface ComparedFile {
  file: PlannedFile;
  state: FileState;
  /** The existing text, if the file differs and is not too large to show. */
  existing?: string;
}

/** Compares the directory with the planned files. Only reads. */
export function compare(directory: string, files: readonly PlannedFile[]): readonly ComparedFile[] {
  if (!lookAt(directory)) return files.map((file) => ({ file, state: 'create' }));
  return completeSets(files.map((file) => ({ file, ...stateOf(directory, file) })));
}

/** @throws UserError that lists the files that differ: an existing file is never overwritten */
export function refuseDifferences(directory: string, compared: readonly ComparedFile[]): void {
  const paths = compared.filter(({ state }) => state === 'differs').map(({ file }) => file.path);
  if (paths.length === 0) return;
  const what = paths.length === 1 ? 'a file differs' : `${paths.length} files differ`;
  throw new UserError(
    'target_in_the_way',
    `in ${directory} ${what} from what would be written: ${paths.join(', ')}`,
    {
      flag: 'on-conflict',
      fix: 'Nothing was written. Use --dry-run to see the differences, then move the files away or choose another directory.',
    },
  );
}

// --- internal ---

/** The differences of larger files are not shown. */
const LARGEST_SHOWN_BYTES = 1_000_000;

function stateOf(directory: string, { path, contents, isMadeAnew }: PlannedFile): Omit<ComparedFile, 'file'> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = lookAt(`${directory}/${parts.slice(0, depth).join('/')}`);
    if (!folder) return { state: 'create' };
    // A link counts too: files written below it would end up elsewhere.
    if (!folder.isDirectory()) return { state: 'differs' };
  }
  const there = lookAt(`${directory}/${path}`);
  if (!there) return { state: 'create' };
  if (isMadeAnew) return { state: 'kept' };
  if (!there.isFile() || there.size > LARGEST_SHOWN_BYTES) return { state: 'differs' };
  const existing = readFileSync(`${directory}/${path}`, 'utf8');
  return existing === contents ? { state: 'identical' } : { state: 'differs', existing };
}

/** A certificate works only with its own key and CA, so an incomplete set cannot be completed. */
function completeSets(compared: readonly ComparedFile[]): readonly ComparedFile[] {
  const isCertificate = ({ file }: ComparedFile) => file.path.startsWith('certs/');
  const set = compared.filter(isCertificate);
  const isWhole = set.every(({ state }) => state === 'create') || set.every(({ state }) => state === 'kept');
  if (isWhole) return compared;
  return compared.map((entry) =>
    isCertificate(entry) && entry.state === 'kept' ? { ...entry, state: 'differs' as const } : entry,
  );
}
