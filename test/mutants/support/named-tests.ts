import type { Requirement } from '../../../src/plan/requirements.ts';

/** A test that SECURITY.md names for a requirement. */
export interface NamedTest {
  /** In test/. */
  file: string;
  /** Over the names of its suites and its own, with spaces between, as vitest matches them. */
  pattern: string;
}

/** Only these can kill a mutant of the requirement. */
export function testsOf(requirement: string, rows: readonly Requirement[]): NamedTest[] {
  const { tests = [] } = rows.find(({ id }) => id === requirement) ?? {};
  return tests.map(({ file, name }) => ({
    file: file.replace(/^test\//, ''),
    pattern: `^${patternOf(name)}$`,
  }));
}

/** `sessions.test.ts > suite > name`, as jobs report a test. */
export function isNamed({ file, pattern }: NamedTest, test: string): boolean {
  const [start, ...names] = test.split(' > ');
  return start === file && new RegExp(pattern, 's').test(names.join(' '));
}

/** Over the names of its suites and its own, with spaces between. A `*` is what a table of cases fills in. */
export function patternOf(name: string): string {
  const escaped = name.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return escaped.replaceAll(' > ', ' ').replaceAll('*', '[^]*');
}
