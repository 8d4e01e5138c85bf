import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { PlannedFile } from '../plan/planned-file.ts';
import { lookAt } from './target-check.ts';

/** `kept`: .env and certificates that are there already. They are never touched, read or compared. */
export type FileState = 'create' | 'identical' | 'differs' | 'kept';

export interface ComparedFile {
  file: PlannedFile;
  state: FileState;
  /** The text that is there, when it differs and is one. */
  existing?: string;
}

/** What is there against what would be written. Looks, and changes nothing. */
export function compare(directory: string, files: readonly PlannedFile[]): readonly ComparedFile[] {
  if (!lookAt(directory)) return files.map((file) => ({ file, state: 'create' }));
  return completeSets(files.map((file) => ({ file, ...stateOf(directory, file) })));
}

/** @throws UserError that lists what differs: an existing file is never overwritten */
export function refuseDifferences(directory: string, compared: readonly ComparedFile[]): void {
  const paths = compared.filter(({ state }) => state === 'differs').map(({ file }) => file.path);
  if (paths.length === 0) return;
  const what = paths.length === 1 ? 'a file differs' : `${paths.length} files differ`;
  throw new UserError(
    'target_in_the_way',
    `in ${directory} ${what} from what would be written: ${paths.join(', ')}`,
    {
      flag: 'on-conflict',
      fix: 'Nothing was written. See them with --dry-run, then move them away or choose another directory.',
    },
  );
}

// --- internal ---

/** Beyond this nobody wants to read the differences. */
const LARGEST_SHOWN_BYTES = 1_000_000;

function stateOf(directory: string, { path, contents, isMadeAnew }: PlannedFile): Omit<ComparedFile, 'file'> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = lookAt(`${directory}/${parts.slice(0, depth).join('/')}`);
    if (!folder) return { state: 'create' };
    // A link too: what is written below it would land elsewhere.
    if (!folder.isDirectory()) return { state: 'differs' };
  }
  const there = lookAt(`${directory}/${path}`);
  if (!there) return { state: 'create' };
  if (isMadeAnew) return { state: 'kept' };
  if (!there.isFile() || there.size > LARGEST_SHOWN_BYTES) return { state: 'differs' };
  const existing = readFileSync(`${directory}/${path}`, 'utf8');
  return existing === contents ? { state: 'identical' } : { state: 'differs', existing };
}

/** A certificate fits only its own key and authority, so that a part of them cannot be completed. */
function completeSets(compared: readonly ComparedFile[]): readonly ComparedFile[] {
  const isCertificate = ({ file }: ComparedFile) => file.path.startsWith('certs/');
  const set = compared.filter(isCertificate);
  const isWhole = set.every(({ state }) => state === 'create') || set.every(({ state }) => state === 'kept');
  if (isWhole) return compared;
  return compared.map((entry) =>
    isCertificate(entry) && entry.state === 'kept' ? { ...entry, state: 'differs' as const } : entry,
  );
}
