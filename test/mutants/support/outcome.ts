/** What one run of test files came to, as a job reports it. */
export interface Run {
  passed: number;
  failures: readonly Failure[];
  /** What failed outside of any test: a file that could not be read, a rejection that nobody handled. */
  accidents: readonly string[];
}

export interface Failure {
  /** `sessions.test.ts > POST /api/auth/logout > ends this session only` */
  test: string;
  message: string;
  /** By `expect`: not an exception, not a time-out. */
  isAssertion: boolean;
}

export type Verdict = 'killed' | 'elsewhere' | 'not counted' | 'survived' | 'equivalent';

export interface Outcome {
  id: string;
  requirement: string;
  what: string;
  verdict: Verdict;
  /** The test that failed, or why the mutant is not counted, or why it is equivalent. */
  by: string;
  message: string;
  seconds: number;
}

export const VERDICTS: readonly Verdict[] = ['killed', 'elsewhere', 'not counted', 'survived', 'equivalent'];

export type Counts = Record<Verdict, number>;

export function countOf(outcomes: readonly Outcome[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Counts;
  for (const { verdict } of outcomes) counts[verdict] += 1;
  return counts;
}
