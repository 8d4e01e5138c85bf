import { readFileSync, writeFileSync } from 'node:fs';
import type { AuditDocument } from '../../src/commands/audit/report/document.ts';
import { STOCK_APPS, type StockApp } from './apps.ts';

type Row = readonly [StockApp, AuditDocument];

const START = '<!-- stock apps: npm run audit:stock -->';
const END = '<!-- end of stock apps -->';

/** The findings from bad to less bad, and what explains them. */
export function tableOf(rows: readonly Row[]): string {
  return [
    '| app, as documented | grade | findings | remark |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ([app, document]) =>
        `| ${versions(app)}<br>${app.source} | ${document.grade} | ${findings(document)} | ${app.remark} |`,
    ),
  ].join('\n');
}

/** Rows of apps that did not run stay as they are. */
export function writeReadme(rows: readonly Row[]): void {
  const text = readFileSync('README.md', 'utf8');
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the README lacks ${START} or ${END}`);
  const written = text.slice(from, to).split('\n');
  const [head, line, ...now] = tableOf(rows).split('\n');
  const all = STOCK_APPS.map(({ name }) => {
    const ofApp = (row: string) => row.startsWith(`| **${name}** (`);
    const row = now.find(ofApp) ?? written.find(ofApp);
    if (!row) throw new Error(`the README has no row of ${name} yet: run it too`);
    return row;
  });
  const table = [START, head, line, ...all].join('\n');
  writeFileSync('README.md', `${text.slice(0, from)}${table}\n${text.slice(to)}`);
}

// --- internal ---

function versions({ name, packages }: StockApp): string {
  const main = Object.entries(packages).map(([one, version]) => `${one} ${version}`);
  return `**${name}** (${main.join(', ')})`;
}

function findings({ checks }: AuditDocument): string {
  const letters = ['F', 'D', 'C', 'B'].map((letter) => {
    const ids = checks
      .filter(({ verdict, grade }) => verdict === 'fail' && grade === letter)
      .map(({ id }) => id);
    return ids.length > 0 ? `${letter}: ${ids.join(', ')}` : '';
  });
  return letters.filter(Boolean).join(' · ');
}
