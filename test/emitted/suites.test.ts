import { describe, expect, it } from 'vitest';
import { type Combination, combinations, named } from './support/combinations.ts';
import { withDatabaseOf } from './support/databases.ts';
import { emit } from './support/emit.ts';
import { runScript, runSuite } from './support/scripts.ts';

/**
 * What people receive, tested as they would: each project's own check and its own suite, on a real database. Two at a
 * time (maxConcurrency), as each keeps a core busy.
 */

const POSTGRES = ['--framework', 'express', '--store', 'postgres'];

/** Choices that change what the tests meet at run time. */
const VARIANTS: readonly Combination[] = [
  { name: 'strict', flags: ['--policy', 'strict'] },
  { name: 'relaxed-absolute', flags: ['--policy', 'relaxed', '--cookie-lifetime', 'absolute'] },
  { name: 'same-site-strict-api', flags: ['--same-site', 'strict', '--no-pages'] },
].map(({ name, flags }) => ({
  name: `express-postgres-${name}`,
  framework: 'express',
  store: 'postgres',
  flags: [...POSTGRES, ...flags],
}));

/** Far below what there is: catches a suite that stops finding its tests. */
const LEAST_TESTS = 300;

const MINUTES = 60_000;

describe.concurrent('an emitted project', { timeout: 10 * MINUTES }, () => {
  it.for(named([...combinations(), ...VARIANTS]))(
    '%s passes its check and its whole suite',
    async (row, context) => {
      const [name, { flags, store }] = row;
      const directory = await emit(name, flags);
      const check = await runScript(directory, 'check');
      context.expect(check.code, check.output).toBe(0);

      const start = performance.now();
      const { code, output, report } = await withDatabaseOf(context, store, (env) =>
        runSuite(directory, env),
      );
      const { passed, failed, skipped } = report;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stdout.write(
        `emitted ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s\n`,
      );
      context.expect(code, output).toBe(0);
      context.expect(passed).toBeGreaterThan(LEAST_TESTS);
      if (process.env.REQUIRE_DATABASE) context.expect(skipped, output).toBe(0);
    },
  );
});

it('demands databases in CI', () => {
  if (process.env.CI) expect(process.env.REQUIRE_DATABASE).toBe('1');
});
