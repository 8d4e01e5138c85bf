import { rmSync } from 'node:fs';
import { join as path } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';
import type { Mutant } from './mutant.ts';
import { readRequest } from './support/arguments.ts';
import type { Outcome, Verdict } from './support/outcome.ts';
import { render } from './support/render.ts';
import { join, left, noteGreen, readResults, wasGreen, writeResults } from './support/results.ts';

const [first, second] = ['first', 'second'].map(
  (id): Mutant => ({ id, requirement: 'R-1', what: 'It goes.', file: 'src/a.ts', find: id, replace: '' }),
) as [Mutant, Mutant];

it('joins the results of portions, the later one of a mutant in the place of the earlier', () => {
  const file = path(temporaryDirectory(), 'results.json');
  const mutants = [first, second];
  writeResults(file, join(mutants, readResults(file, mutants), [outcomeOf(second, 'survived')]));
  expect(verdictsOf(readResults(file, mutants))).toEqual([['second', 'survived']]);
  expect(left(mutants, readResults(file, mutants)).map(({ id }) => id)).toEqual(['first', 'second']);
  const portion = [outcomeOf(second, 'killed'), outcomeOf(first, 'killed')];
  writeResults(file, join(mutants, readResults(file, mutants), portion));
  expect(verdictsOf(readResults(file, mutants))).toEqual([
    ['first', 'killed'],
    ['second', 'killed'],
  ]);
  expect(left(mutants, readResults(file, mutants))).toEqual([]);
});

it('knows no result of a mutant that was changed or left the catalogue', () => {
  const file = path(temporaryDirectory(), 'results.json');
  const mutants = [first, second];
  writeResults(file, join(mutants, [], [outcomeOf(first, 'killed'), outcomeOf(second, 'killed')]));
  expect(readResults(file, [{ ...first, replace: 'another' }])).toEqual([]);
  expect(verdictsOf(readResults(file, [second]))).toEqual([['second', 'killed']]);
});

it('remembers that a suite was green as long as nothing of the project changes but its secrets', async () => {
  const [project, again] = [await render([]), await render([])];
  const combination = `test-${process.pid}`;
  onTestFinished(() => rmSync(`.emitted/mutants/${combination}.green`, { force: true }));
  expect(wasGreen(combination, project)).toBe(false);
  noteGreen(combination, project);
  expect(again.contents.get('.env')).not.toBe(project.contents.get('.env'));
  expect(wasGreen(combination, again)).toBe(true);
  const changed = new Map(again.contents).set('src/app.ts', '');
  expect(wasGreen(combination, { ...again, contents: changed })).toBe(false);
});

it('takes ids with commas between, and names of areas that hold commas', () => {
  const { only } = readRequest(['--only', 'project, pages and cost', '--only', 'one,two']);
  expect(only).toEqual(['project, pages and cost', 'one', 'two']);
});

// --- internal ---

function outcomeOf({ id, requirement, what }: Mutant, verdict: Verdict): Outcome {
  return { id, requirement, what, verdict, by: '', message: '', seconds: 1 };
}

function verdictsOf(results: readonly Outcome[]) {
  return results.map(({ id, verdict }) => [id, verdict]);
}
