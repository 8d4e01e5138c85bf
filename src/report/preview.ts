import type { ComparedFile, FileState } from '../write/compare.ts';
import { byteLength, table } from './table.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What a run would do, file by file, with diffs. */
export function previewText(compared: readonly ComparedFile[], obstacle?: string): string {
  const rows = compared.map(({ file, state }) => [state, String(byteLength(file)).padStart(7), file.path]);
  const total = compared.reduce((sum, { file }) => sum + byteLength(file), 0);
  const head = `${compared.length} files, ${total} bytes; nothing was written:`;
  return [head, ...table(rows), ...compared.flatMap(diffText), ...verdict(compared, obstacle)].join('\n');
}

/** The diff of one file in the format of `diff -u`; undefined if there is none to show. */
export function diffOf({ file, state, existing }: ComparedFile): string | undefined {
  if (state !== 'differs' || existing === undefined) return undefined;
  return `--- a/${file.path}\n+++ b/${file.path}\n${unifiedDiff(existing, file.contents)}\n`;
}

// --- internal ---

const diffText = (entry: ComparedFile): string[] => {
  const diff = diffOf(entry);
  return diff ? ['', diff.trimEnd()] : [];
};

function verdict(compared: readonly ComparedFile[], obstacle?: string): string[] {
  const count = (state: FileState): number => compared.filter((entry) => entry.state === state).length;
  const differing = count('differs');
  if (count('create') === compared.length && !obstacle) return [];
  return [
    '',
    `${count('create')} to create, ${count('identical')} identical, ${count('kept')} kept, ${differing} different.`,
    differing > 0
      ? 'A real run would stop and write nothing, because existing files are never overwritten.'
      : obstacle
        ? `A real run would stop: ${obstacle}. With --on-conflict merge it would add the missing files.`
        : 'A real run would add the missing files.',
  ];
}
