/** What people read: each step and its answer, a table at the end. In colour where a terminal shows it. */
import { styleText } from 'node:util';
import type { Attack } from './stage.ts';
import { type Weakening, weaken } from './weakenings.ts';

/** How an attack ended. */
export interface Ending {
  attack: Attack;
  outcome: 'stopped' | 'SUCCEEDED' | 'not played';
  /** Why it was not played. */
  reason?: string;
}

const WIDTH = 72;
const COLOURS = { stopped: 'green', SUCCEEDED: 'red', 'not played': 'yellow' } as const;
const MARKS = { stopped: '✔', SUCCEEDED: '✘', 'not played': '–' } as const;

export function say(text = ''): void {
  console.log(text);
}

export function announce({ name, title }: Attack): void {
  say(`\n${styleText('bold', name)}  ${title}`);
}

/** One step, and in a column what came back. */
export function tell(what: string, cameBack?: string): void {
  const step = cameBack === undefined ? what : `${what} `.padEnd(WIDTH, '.');
  say(`  ${step}${cameBack === undefined ? '' : ` ${styleText('cyan', cameBack)}`}`);
}

export function conclude({ attack, outcome, reason }: Ending): void {
  const where = reason ?? (outcome === 'stopped' ? attack.stoppedBy : '');
  say(`  ${styleText(COLOURS[outcome], `${MARKS[outcome]} ${outcome}`)}  ${styleText('dim', where)}`);
}

export function table(endings: readonly Ending[]): void {
  say();
  for (const { attack, outcome } of endings) {
    const mark = styleText(COLOURS[outcome], `${MARKS[outcome]} ${outcome}`);
    say(`  ${attack.name.padEnd(14)}${attack.title.padEnd(WIDTH - 13)}${mark}`);
  }
}

/** The edit, in whole lines, as a diff shows it. */
export function showEdit(text: string, weakening: Weakening): void {
  const before = text.split('\n');
  const after = weaken(text, weakening).split('\n');
  const first = before.findIndex((line, index) => line !== after[index]);
  let same = 0;
  while (before.at(-1 - same) === after.at(-1 - same) && same < Math.min(before.length, after.length) - first)
    same += 1;
  const [context = ''] = before.slice(first - 1, first);
  say(styleText('bold', `  ${weakening.file}:${first + 1}`));
  say(`    ${context}`);
  for (const line of before.slice(first, before.length - same)) say(styleText('red', `  - ${line}`));
  for (const line of after.slice(first, after.length - same)) say(styleText('green', `  + ${line}`));
}
