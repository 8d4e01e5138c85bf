/** `audit --help`. */
import { table } from '../../report/table.ts';
import { FLAGS } from './args.ts';

export function auditHelp(): string {
  const rows = Object.entries(FLAGS).map(([flag, [placeholder, text]]) => [
    `--${flag}${placeholder && ` ${placeholder}`}`,
    text,
  ]);
  return [
    'Usage: create-secure-session-app audit URL [options]',
    '',
    'Grades how a running app handles sessions, by its behaviour: A (best), A-, B, C, D, F.',
    '',
    'Options:',
    ...table(rows),
    '',
    'Exit codes: 0 the wanted grade · 2 wrong usage or recipe · 3 unreachable, or the recipe does not fit · 5 below the wanted grade · 130 cancelled',
  ].join('\n');
}
