import { readFileSync } from 'node:fs';
import { EQUIVALENTS } from './equivalents.ts';

/** Of Stryker's report, what is needed. @see https://github.com/stryker-mutator/mutation-testing-elements */
interface Report {
  files: Record<string, { source: string; mutants: readonly Omit<Found, 'file' | 'line'>[] }>;
}

interface Found {
  file: string;
  /** Where it begins, without its indentation. */
  line: string;
  mutatorName: string;
  replacement?: string;
  status: string;
  location: { start: { line: number; column: number } };
}

/** What a run came to. */
export interface Result {
  /** By Stryker's status, and `Equivalent` for survivors that are explained. */
  counts: Readonly<Record<string, number>>;
  /** In a line each: what no test noticed, and nobody has explained. */
  open: readonly string[];
}

export function readResult(reportFile: string): Result {
  const { files }: Report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n').map((line) => line.trim());
    return mutants.map((mutant) => ({ ...mutant, file, line: lines[mutant.location.start.line - 1] ?? '' }));
  });
  const judged = all.map((mutant) => (isExplained(mutant) ? { ...mutant, status: 'Equivalent' } : mutant));
  const counts: Record<string, number> = {};
  for (const { status } of judged) counts[status] = (counts[status] ?? 0) + 1;
  return { counts, open: judged.filter(isOpen).map(inWords) };
}

// --- internal ---

const isOpen = ({ status }: Found): boolean => status === 'Survived' || status === 'NoCoverage';

const isExplained = (mutant: Found): boolean =>
  isOpen(mutant) &&
  EQUIVALENTS.some(
    ({ file, line, replacements }) =>
      file === mutant.file &&
      line === mutant.line &&
      (!replacements || replacements.includes(mutant.replacement ?? '')),
  );

function inWords({ file, line, status, mutatorName, replacement, location: { start } }: Found): string {
  return `${status} ${file}:${start.line}:${start.column} ${mutatorName}\n    ${line}\n    → ${replacement}`;
}
