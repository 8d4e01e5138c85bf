import { readFileSync, writeFileSync } from 'node:fs';
import { countOf, type Outcome, VERDICTS } from './outcome.ts';
import type { Result } from './results.ts';

/** A row per requirement, then each mutant that no test of its requirement killed. */
export function table(outcomes: readonly Outcome[]): string {
  const requirements = [...new Set(outcomes.map(({ requirement }) => requirement))].sort();
  const rows = requirements.map((requirement) => [
    requirement,
    ...countColumns(outcomes.filter((outcome) => outcome.requirement === requirement)),
  ]);
  const lines = [['requirement', ...VERDICTS], ...rows, ['all', ...countColumns(outcomes)]].map((cells) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(18) : cell.padStart(12))).join(''),
  );
  const open = outcomes.filter(({ verdict }) => verdict !== 'killed' && verdict !== 'equivalent');
  return [...lines, '', ...open.flatMap(inWords)].join('\n');
}

const [BEGIN, END] = ['<!-- mutants: begin -->', '<!-- mutants: end -->'];

/** Puts one combination's line between the marks in README.md, and leaves the others there. Dated by its oldest result. */
export function writeReadme(combination: string, results: readonly Result[]): void {
  const text = readFileSync('README.md', 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const [inside, after] = rest.split(END);
  if (before === undefined || inside === undefined || after === undefined) {
    throw new Error(`README.md has no ${BEGIN} … ${END}`);
  }
  const kept = inside
    .split('\n')
    .filter((line) => /^\| \w+-\w+ \|/.test(line) && !line.startsWith(`| ${combination} |`));
  const [date] = results.map((result) => result.date).sort();
  const row = `| ${combination} | ${date} | ${countColumns(results).join(' | ')} |`;
  const head = `| project | date | ${VERDICTS.join(' | ')} |\n|---|---|${VERDICTS.map(() => '---:|').join('')}`;
  const lines = [head, ...[...kept, row].sort()].join('\n');
  writeFileSync('README.md', `${before}${BEGIN}\n${lines}\n${END}${after}`);
}

// --- internal ---

function countColumns(outcomes: readonly Outcome[]): string[] {
  return Object.values(countOf(outcomes)).map(String);
}

function inWords({ id, requirement, what, verdict, by, message }: Outcome): string[] {
  return [
    `${verdict}: ${id} (${requirement}) ${what}`,
    ...[by, message].filter(Boolean).map((line) => `    ${line}`),
  ];
}
