import { readFileSync, writeFileSync } from 'node:fs';
import { plotOf } from './plot.ts';
import { type Result, tableOf } from './results.ts';

const README = 'README.md';
const PLOT = 'docs/scale.svg';
const [BEGIN, END] = ['<!-- scale: npm run bench:scale -->', '<!-- end of scale -->'];
const ORDER = ['postgres', 'redis', 'mongo'];

/** Puts the tables between their two lines of the README, and the plot beside its other pictures. */
export function writeReadme(results: readonly Result[]): void {
  const ordered = [...results].sort((a, b) => ORDER.indexOf(a.database) - ORDER.indexOf(b.database));
  const readme = readFileSync(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README} has no place for the tables: ${BEGIN}`);
  const tables = `${BEGIN}\n${ordered.map(tableOf).join('\n\n')}\n`;
  writeFileSync(README, readme.slice(0, begin) + tables + readme.slice(end));
  writeFileSync(PLOT, plotOf(ordered));
}
