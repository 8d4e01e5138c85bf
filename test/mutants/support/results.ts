/** What runs found of each mutant, kept from one to the next, so that a whole run can be made in portions. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mutant } from '../mutant.ts';
import { countOf, type Outcome } from './outcome.ts';
import type { Project } from './render.ts';

export interface Result extends Outcome {
  /** The day of the run. */
  date: string;
  /** Of the edit: a mutant that was changed since has no result. */
  edit: string;
}

/** Ignored by git. */
export const fileOf = (combination: string): string => `.emitted/mutants/${combination}.json`;

/** Those of earlier runs that still speak of a mutant as it is. None before the first run. */
export function readResults(file: string, mutants: readonly Mutant[]): Result[] {
  const edits = new Map(mutants.map((mutant) => [mutant.id, editOf(mutant)]));
  return kept(file).filter(({ id, edit }) => edits.get(id) === edit);
}

/** The later result of a mutant takes the place of the earlier one. In the order of the mutants. */
export function join(
  mutants: readonly Mutant[],
  earlier: readonly Result[],
  outcomes: readonly Outcome[],
): Result[] {
  const date = new Date().toISOString().slice(0, 10);
  const results = new Map(earlier.map((result) => [result.id, result]));
  const now = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return mutants.flatMap((mutant) => {
    const outcome = now.get(mutant.id);
    return outcome ? { ...outcome, date, edit: editOf(mutant) } : (results.get(mutant.id) ?? []);
  });
}

/** Those without a result, then those that were neither killed nor explained: a test may be there by now. */
export function left(mutants: readonly Mutant[], results: readonly Result[]): Mutant[] {
  const verdicts = new Map(results.map(({ id, verdict }) => [id, verdict]));
  const isOpen = ({ id }: Mutant) => !['killed', 'equivalent', undefined].includes(verdicts.get(id));
  return [...mutants.filter(({ id }) => !verdicts.has(id)), ...mutants.filter(isOpen)];
}

export function writeResults(file: string, results: readonly Result[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ counts: countOf(results), outcomes: results }, null, 2)}\n`);
}

/** Whether the suite of this very project was green. */
export function wasGreen(combination: string, project: Project): boolean {
  const file = greenFile(combination);
  return existsSync(file) && readFileSync(file, 'utf8') === textOf(project);
}

export function noteGreen(combination: string, project: Project): void {
  mkdirSync(dirname(greenFile(combination)), { recursive: true });
  writeFileSync(greenFile(combination), textOf(project));
}

// --- internal ---

const greenFile = (combination: string): string => `.emitted/mutants/${combination}.green`;

/** A hash of its files, without those that are made anew each time. */
function textOf({ contents }: Project): string {
  const isRandom = (path: string) => /^(\.env$|\.secure-session\.json$|certs\/)/.test(path);
  const files = [...contents].filter(([path]) => !isRandom(path)).sort();
  return createHash('sha256').update(JSON.stringify(files)).digest('base64url');
}

function editOf({ file, find, replace, requirement, equivalent = '' }: Mutant): string {
  const text = JSON.stringify([file, find, replace, requirement, equivalent]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function kept(file: string): readonly Result[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).outcomes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
