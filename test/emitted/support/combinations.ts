import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Answers, OPTIONS } from '../../../src/options/options.ts';

export interface Combination {
  name: string;
  framework: Answers['framework'];
  store: Answers['store'];
  flags: readonly string[];
}

/** Frameworks × stores, from the option table: a new row joins as soon as its overlay is there. */
export function combinations(): readonly Combination[] {
  return valuesOf('framework').flatMap((framework) =>
    valuesOf('store').map((store) => ({
      name: `${framework}-${store}`,
      framework,
      store,
      flags: ['--framework', framework, '--store', store],
    })),
  );
}

/** The first combination, which `npm test` looks at, or all of them with MATRIX=1. */
export function inMatrix(): readonly Combination[] {
  return process.env.MATRIX ? combinations() : combinations().slice(0, 1);
}

/** Rows for a table of tests, whose names begin with the first column. */
export const named = <Row extends { name: string }>(rows: readonly Row[]): (readonly [string, Row])[] =>
  rows.map((row) => [row.name, row]);

// --- internal ---

function valuesOf<Name extends 'framework' | 'store'>(name: Name): Answers[Name][] {
  const choices = OPTIONS[name].kind.choices ?? [];
  return choices.map(({ value }) => value).filter((value) => hasOverlay(`${name}-${value}`));
}

/** Its package.json is the last thing one can do without. */
const hasOverlay = (overlay: string): boolean => existsSync(resolve('templates', overlay, 'package.json'));
