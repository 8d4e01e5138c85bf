import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What the tests of an emitted project came to. */
export interface SuiteReport {
  tests: readonly TestResult[];
  passed: number;
  failed: number;
  /** Of the tests that failed: their suites' and their own. */
  failures: readonly string[];
  /** Left out although nothing that was chosen says so: a database is missing, or somebody forgot a test. */
  skipped: number;
}

export interface TestResult {
  /** In the project, such as `test/login.test.ts`. */
  file: string;
  /** With those of its suites before it, and spaces between. */
  fullName: string;
  status: 'passed' | 'failed' | 'skipped';
}

/** In the project, where git does not see it. */
export const REPORT_FILE = '.data/test-report.json';

/** Makes vitest write what `readSuiteReport` reads. */
export const REPORT_ARGUMENTS: readonly string[] = [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${REPORT_FILE}`,
];

/** Reads what vitest wrote; all zero where it never came to a test, and its output says why. */
export function readSuiteReport(directory: string): SuiteReport {
  const tests = readTests(directory);
  const failures = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return {
    tests,
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    failures,
    skipped: tests.filter(({ status, fullName }) => status === 'skipped' && !isAboutAChoice(fullName)).length,
  };
}

/** A test about a choice that this project may not have made: a cookie that stays, pages. */
export const isAboutAChoice = (fullName: string): boolean =>
  /^a page |\ba persistent cookie\b/.test(fullName);

// --- internal ---

/** Of vitest's report, what is needed. `pending` and `todo` are skipped too. */
interface VitestReport {
  testResults: readonly {
    name: string;
    assertionResults: readonly { status: string; fullName: string }[];
  }[];
}

function readTests(directory: string): TestResult[] {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(join(directory, REPORT_FILE), 'utf8'));
  } catch {
    return [];
  }
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({
      file: relative(directory, name),
      fullName,
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
    })),
  );
}
