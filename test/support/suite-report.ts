import { readFileSync } from 'node:fs';

/** What the tests of an emitted project came to. */
export interface SuiteReport {
  passed: number;
  failed: number;
  /** Of the tests that failed: their suites' and their own. */
  failures: readonly string[];
  /** Left out although nothing that was chosen says so: a database is missing, or somebody forgot a test. */
  skipped: number;
}

/** Tests about a choice that this project may not have: a cookie that stays, pages. */
const ABOUT_A_CHOICE = /^(a persistent cookie|a page) /;

/** Makes vitest write what `readSuiteReport` reads. */
export const reportArguments = (file: string): string[] => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
];

/** Reads what vitest wrote; all zero where it never came to a test, and its output says why. */
export function readSuiteReport(file: string): SuiteReport {
  const results = readResults(file);
  const count = (status: RegExp): number => results.filter((test) => status.test(test.status)).length;
  const skipped = results.filter(({ status, fullName }) => {
    return /pending|skipped|todo/.test(status) && !ABOUT_A_CHOICE.test(fullName);
  });
  const failures = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { passed: count(/passed/), failed: failures.length, failures, skipped: skipped.length };
}

// --- internal ---

function readResults(file: string): { status: string; fullName: string }[] {
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
    return testResults.flatMap(({ assertionResults }: { assertionResults: object[] }) => assertionResults);
  } catch {
    return [];
  }
}
