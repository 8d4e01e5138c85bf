import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../mutants/catalogue/index.ts';
import { type Mutant, mutantsFor, mutate } from '../mutants/mutant.ts';
import { runAudit } from './support/run-audit.ts';
import { type RunningProject, shortenClocks, startProject } from './support/running-project.ts';

/**
 * Mutants of a generated project that can be seen from outside, and the one check that must turn red. MATRIX=1
 * Other protections stand twice, or need a race that is won by chance: faults.test.ts has an app without the second.
 */

const SEEN: readonly (readonly [mutant: string, check: string])[] = [
  ['cookie-insecure', 'B1'],
  ['cookie-readable', 'B1'],
  ['cookie-without-same-site', 'B1'],
  ['cookie-same-site-none', 'B1'],
  ['cookie-without-prefix', 'B2'],
  ['cookie-path', 'B2'],
  ['visitors-get-sessions', 'B4'],
  ['cookie-thirty-days', 'B5'],
  ['id-kept', 'B6'],
  ['renewal-without-a-new-id', 'B7'],
  ['renewal-leaves-old-record', 'B7'],
  ['id-in-the-query', 'B9'],
  ['id-in-a-header', 'B9'],
  ['id-as-a-bearer', 'B9'],
  ['logout-leaves-the-record', 'B11'],
  ['logout-route-ends-nothing', 'B11'],
  ['logout-route-leaves-the-cookie', 'B12'],
  ['deletion-insecure', 'B12'],
  ['logout-by-get', 'B14'],
  ['cross-site-rule-not-asked', 'B16'],
  ['foreign-origin-let-through', 'B16'],
  ['null-origin-let-through', 'B16'],
  ['method-override-before-the-rule', 'B17'],
  ['cross-origin-reading', 'B18'],
  ['cross-origin-reading-by-anybody', 'B18'],
  ['old-tls', 'B21'],
  ['no-nosniff', 'B22'],
  ['no-csp', 'B22'],
  ['no-referrer-policy', 'B22'],
  ['api-answers-cached', 'B23'],
  ['revoking-one-takes-any', 'B28'],
  ['list-of-everybody', 'B28'],
  ['password-check-not-throttled', 'B32'],
  ['everybody-trusted-by-default', 'B32'],
  ['unknown-user-told', 'B33'],
  ['stack-told', 'B35'],
  ['framework-told', 'B36'],
  ['server-told', 'B36'],
  ['cookie-too-long', 'B39'],
  ['any-method-answered', 'B40'],
  ['idle-never-ends', 'B24'],
  ['absolute-never-ends', 'B25'],
  ['window-never-closes', 'B30'],
];

/** These wait for a session to end. */
const WAITING = ['B24', 'B25', 'B30'];

const MINUTES = 60_000;

describe.runIf(process.env.MATRIX)('a mutant of a generated project', { timeout: 5 * MINUTES }, () => {
  let project: RunningProject;
  beforeAll(async () => {
    project = await startProject('audit-mutants', 'postgres', []);
  }, 5 * MINUTES);
  afterAll(() => project?.close());

  const known = new Map<string, Mutant>(
    mutantsFor(CATALOGUE, { framework: 'express', store: 'postgres' }).map((mutant) => [mutant.id, mutant]),
  );

  it.each(SEEN)('%s turns %s red and no other check', async (id, check) => {
    const mutant = known.get(id);
    if (!mutant) throw new Error(`the catalogue has no ${id} for Express and PostgreSQL`);
    const undo = [mutant.file, 'src/security-policy.ts'].map((path) => {
      const file = join(project.directory, path);
      const text = readFileSync(file, 'utf8');
      return () => writeFileSync(file, text);
    });
    try {
      const file = join(project.directory, mutant.file);
      const contents = new Map([[mutant.file, readFileSync(file, 'utf8')]]);
      writeFileSync(file, mutate(contents, mutant));
      const isWaiting = WAITING.includes(check);
      if (isWaiting) shortenClocks(project.directory);
      await project.restart();
      const { failed, document } = await runAudit(
        project,
        ...(isWaiting ? ['--timeouts', '--wait', '60s'] : []),
      );
      expect(
        failed,
        JSON.stringify(document.checks?.filter(({ verdict }) => verdict === 'fail') ?? document),
      ).toEqual([check]);
    } finally {
      for (const putBack of undo.reverse()) putBack();
    }
  });
});
