import { describe, expect, it } from 'vitest';
import type { Requirement } from '../../src/plan/requirements.ts';
import { explainText } from '../../src/report/explain.ts';
import { runInProcess } from '../support/in-process.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';

const ROWS: readonly Requirement[] = [
  {
    id: '7.2.4',
    standard: 'ASVS 5.0.0',
    level: '1',
    title: 'A new id at sign-in',
    threat: 'An id planted before sign-in would be signed in too.',
    tests: [{ file: 'test/login.test.ts', name: 'issues a new session id' }],
  },
  {
    id: '7.6.1',
    standard: 'ASVS 5.0.0',
    level: '2',
    title: 'Federation',
    threat: '',
    status: 'not-applicable',
    reason: 'There is none.',
  },
];

describe('explainText', () => {
  it('names standard, attack and proof of each protection, and why the rest is not proven', () => {
    const text = explainText('my-app', ROWS);
    expect(text).toBe(`my-app: 1 protections proven by its tests

A new id at sign-in (ASVS 5.0.0, 7.2.4, level 1)
  Otherwise: An id planted before sign-in would be signed in too.
  Proven by test/login.test.ts: issues a new session id

1 requirements that no test proves, with the reason

Federation (ASVS 5.0.0, 7.6.1, level 2)
  Not applicable: There is none.`);
  });
});

describe('--explain', () => {
  it('writes nothing, and follows the configuration', async () => {
    const cwd = temporaryDirectory();
    const titles = async (...args: string[]): Promise<string[]> => {
      const { code, stdout } = await runInProcess(['my-app', '--explain', '--json', ...args], cwd);
      expect(code).toBe(0);
      return JSON.parse(stdout).requirements.map(({ title }: { title: string }) => title);
    };
    expect((await titles()).length).toBeGreaterThan(20);
    expect(await titles('--no-pages')).not.toEqual(await titles());
    expect(listFiles(cwd)).toEqual([]);
  });
});
