import { expect, it } from 'vitest';
import type { Requirement } from '../../src/plan/requirements.ts';
import type { TestResult } from '../support/suite-report.ts';
import { unproven } from './support/proof.ts';

/** Whether suites.test.ts would notice that a test which a requirement names is gone. */

const requirement = (id: string, ...names: string[]): Requirement => ({
  id,
  standard: 'ASVS 5.0.0',
  level: '1',
  title: '',
  threat: '',
  tests: names.map((name) => ({ file: 'test/login.test.ts', name })),
});

const result = (
  fullName: string,
  status: TestResult['status'] = 'passed',
  file = 'test/login.test.ts',
): TestResult => ({ file, fullName, status });

const REPORT = [
  result('POST /api/auth/login issues a new id (session fixation)'),
  result('POST /api/auth/login is refused'),
  result('POST /api/auth/login is refused', 'passed', 'test/other.test.ts'),
  result('a cookie is Secure'),
  result('a cookie is HttpOnly', 'failed'),
  result('a call is bounded on the server', 'skipped'),
];

it.each([
  ['issues a new id (session fixation)', []],
  ['is refused', []],
])('finds "%s" by the names of its suites and its own', (name, problems) => {
  expect(unproven([requirement('1', `POST /api/auth/login > ${name}`)], REPORT)).toEqual(problems);
});

it.each([
  ['POST /api/auth/login > is renamed', 'is not there'],
  ['POST /api/auth/login > is', 'is not there'],
  ['is refused', 'is not there'],
  ['a cookie > is HttpOnly', 'failed'],
  ['a cookie > is *', 'failed'],
  ['a call > is bounded on the *', 'was skipped'],
])('tells that "%s" %s', (name, problem) => {
  expect(unproven([requirement('7.2.4', name)], REPORT)).toEqual([
    `7.2.4: test/login.test.ts > ${name}: ${problem}`,
  ]);
});

it('lets tests be skipped where there is no database, but not be missing', () => {
  const rows = [requirement('1', 'a call > is bounded on the server', 'a call > is made')];
  expect(unproven(rows, REPORT, { maySkip: true })).toEqual([
    '1: test/login.test.ts > a call > is made: is not there',
  ]);
});

it('looks in the file that is named, and asks nothing of a requirement without tests', () => {
  const elsewhere = { file: 'test/elsewhere.test.ts', name: 'a cookie > is Secure' };
  const rows = [{ ...requirement('1'), tests: [elsewhere] }, requirement('2')];
  expect(unproven(rows, REPORT)).toEqual(['1: test/elsewhere.test.ts > a cookie > is Secure: is not there']);
});
