import { describe, expect, it } from 'vitest';
import { type Combination, combinations, inMatrix, named } from './support/combinations.ts';
import { withDatabaseOf } from './support/databases.ts';
import { emit, requirementsOf } from './support/emit.ts';
import { unproven } from './support/proof.ts';
import { runScript, runSuite } from './support/scripts.ts';

/**
 * What people receive, tested as they would: each project's own check and its own suite, on a real database. Two at a
 * time (maxConcurrency), as each keeps a core busy. `npm test` runs the first combination, MATRIX=1 all.
 */

const POSTGRES = ['--framework', 'express', '--store', 'postgres'];

/** Choices that change what the tests meet at run time. */
const VARIANTS: readonly Combination[] = [
  { name: 'strict', flags: ['--policy', 'strict'] },
  { name: 'relaxed-absolute', flags: ['--policy', 'relaxed', '--cookie-lifetime', 'absolute'] },
  { name: 'same-site-strict-api', flags: ['--same-site', 'strict', '--no-pages'] },
  { name: 'oidc-strict-api', flags: ['--auth', 'oidc', '--same-site', 'strict', '--no-pages'] },
  { name: 'oidc-relaxed', flags: ['--auth', 'oidc', '--policy', 'relaxed'] },
].map(({ name, flags }) => ({
  name: `express-postgres-${name}`,
  framework: 'express',
  store: 'postgres',
  flags: [...POSTGRES, ...flags],
}));

/** Far below what there is: catches a suite that stops finding its tests. */
const LEAST_TESTS = 300;

const MINUTES = 60_000;

/** The sign-in at a provider touches every framework and every database. The redirect from plain HTTP rides along. */
const WITH_PROVIDER: readonly Combination[] = combinations().map((row) => ({
  ...row,
  name: `${row.name}-oidc`,
  flags: [...row.flags, '--auth', 'oidc', '--http-port', '8080'],
}));

const rows = process.env.MATRIX ? [...combinations(), ...VARIANTS, ...WITH_PROVIDER] : inMatrix();

describe.concurrent('an emitted project', { timeout: 10 * MINUTES }, () => {
  it.for(named(rows))('%s passes its check and its whole suite', async (row, context) => {
    const [name, { flags, store }] = row;
    const directory = await emit(name, flags);
    const check = await runScript(directory, 'check');
    context.expect(check.code, check.output).toBe(0);

    const start = performance.now();
    const { code, output, report } = await withDatabaseOf(context, store, (env) => runSuite(directory, env));
    const { passed, failed, skipped, tests } = report;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `emitted ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s\n`,
    );
    context.expect(code, output).toBe(0);
    context.expect(passed).toBeGreaterThan(LEAST_TESTS);
    if (process.env.REQUIRE_DATABASE) context.expect(skipped, output).toBe(0);
    // Without a database some are skipped, here and for people.
    const requirements = await requirementsOf(flags);
    context.expect(unproven(requirements, tests, { maySkip: skipped > 0 })).toEqual([]);
  });
});

it('demands databases in CI', () => {
  if (process.env.CI) expect(process.env.REQUIRE_DATABASE).toBe('1');
});
