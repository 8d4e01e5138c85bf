import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS, LAST_CHECKS } from '../../src/commands/audit/checks/index.ts';
import type { Answers } from '../../src/options/options.ts';
import { freePort } from '../databases/free-port.ts';
import { wholeProject } from '../emitted/support/emit.ts';
import { edited, OF_NO_PROJECT, OWN_EDITS, ofCatalogue, type SeenMutant } from './support/project-edits.ts';
import { runAudit } from './support/run-audit.ts';
import { type RunningProject, shortenClocks, startProject } from './support/running-project.ts';

/** Mutants of generated projects that can be seen from outside, and the one check that must turn red. MATRIX=1 */

const EXPRESS = { framework: 'express', store: 'postgres' } as const;
const KOA = { framework: 'koa', store: 'postgres' } as const;

const OF_EXPRESS: readonly (readonly [mutant: string, check: string])[] = [
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
  ['redirect-serves-the-app', 'B19'],
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

/** On the others the signature is a library's. */
const OF_KOA = [
  ['signature-not-verified', 'B8'],
  ['signature-not-needed', 'B8'],
] as const;

const PROJECTS: readonly (Pick<Answers, 'framework' | 'store'> & { mutants: readonly SeenMutant[] })[] = [
  { framework: 'express', store: 'postgres', mutants: [...ofCatalogue(EXPRESS, OF_EXPRESS), ...OWN_EDITS] },
  { framework: 'koa', store: 'postgres', mutants: ofCatalogue(KOA, OF_KOA) },
];

/** These wait for a session to end. */
const WAITING = ['B24', 'B25', 'B30'];

const MINUTES = 60_000;

describe.runIf(process.env.MATRIX).each(PROJECTS)(
  'a mutant of a project with $framework and $store',
  { timeout: 5 * MINUTES },
  ({ framework, store, mutants }) => {
    let project: RunningProject;
    let httpPort: string;
    beforeAll(async () => {
      httpPort = String(await freePort());
      const flags = ['--framework', framework, '--store', store, '--http-port', httpPort];
      project = await startProject(`audit-mutants-${framework}`, store, flags);
    }, 5 * MINUTES);
    afterAll(() => project?.close());

    const rows = mutants.map((mutant) => [mutant.id, mutant.check, mutant] as const);
    it.each(rows)('%s turns %s red and no other check', async (_id, check, mutant) => {
      const files = [...mutant.edits.map(({ file }) => file), 'src/security-policy.ts'];
      const before = new Map(
        files.map((file) => [file, readFileSync(join(project.directory, file), 'utf8')]),
      );
      try {
        write(project.directory, edited(before, mutant));
        const isWaiting = WAITING.includes(check);
        if (isWaiting) shortenClocks(project.directory);
        await project.restart();
        const { failed, document } = await runAudit(
          project,
          ...['--http-port', httpPort],
          ...(isWaiting ? ['--timeouts', '--wait', '60s'] : []),
        );
        expect(
          failed,
          JSON.stringify(document.checks?.filter(({ verdict }) => verdict === 'fail') ?? document),
        ).toEqual([check]);
      } finally {
        write(project.directory, before);
      }
    });
  },
);

describe('the mutants of projects', () => {
  it.each(PROJECTS)(
    'find their text in a project with $framework and $store',
    async ({ framework, store, mutants }) => {
      const flags = ['--framework', framework, '--store', store, '--http-port', '8080'];
      const files = new Map(
        (await wholeProject(flags)).map(({ path, contents }) => [path, String(contents)]),
      );
      for (const mutant of mutants) expect(edited(files, mutant)).not.toEqual(files);
    },
  );

  it('turn every check red that an edit can', () => {
    const turned = PROJECTS.flatMap(({ mutants }) => mutants.map(({ check }) => check));
    const ids = [...CHECKS, ...LAST_CHECKS].map(({ id }) => id);
    expect(new Set([...turned, ...Object.keys(OF_NO_PROJECT)])).toEqual(new Set(ids));
  });
});

function write(directory: string, contents: ReadonlyMap<string, string>): void {
  for (const [file, text] of contents) writeFileSync(join(directory, file), text);
}
