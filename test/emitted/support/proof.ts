import type { Requirement } from '../../../src/plan/requirements.ts';
import { patternOf } from '../../mutants/support/named-tests.ts';
import { isAboutAChoice, type TestResult } from '../../support/suite-report.ts';

/**
 * The tests that requirements name and that prove nothing in this run, a line each: they are not there, failed, or were
 * skipped. A name with `*` is a table, of which every test counts.
 */
export function unproven(
  requirements: readonly Requirement[],
  results: readonly TestResult[],
  { maySkip = false } = {},
): string[] {
  return requirements.flatMap(({ id, tests = [] }) =>
    tests.flatMap(({ file, name }) => {
      const pattern = new RegExp(`^${patternOf(name)}$`, 's');
      const found = results.filter((result) => result.file === file && pattern.test(result.fullName));
      const problem = problemOf(found);
      return problem && !(maySkip && problem === SKIPPED) ? [`${id}: ${file} > ${name}: ${problem}`] : [];
    }),
  );
}

// --- internal ---

const SKIPPED = 'was skipped';

function problemOf(found: readonly TestResult[]): string | undefined {
  if (found.length === 0) return 'is not there';
  if (found.some(({ status }) => status === 'failed')) return 'failed';
  if (found.some(({ status, fullName }) => status === 'skipped' && !isAboutAChoice(fullName))) return SKIPPED;
  return undefined;
}
