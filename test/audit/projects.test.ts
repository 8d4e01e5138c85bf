import { describe, it } from 'vitest';
import { ProgramMissing } from '../databases/server-process.ts';
import { inMatrix, named } from '../emitted/support/combinations.ts';
import { runAudit } from './support/run-audit.ts';
import { shortenClocks, startProject } from './support/running-project.ts';

/** Generated projects as they come, on real databases: `npm test` audits the first combination, MATRIX=1 all. */

/** The others need no short clocks, and a busy machine may be slower than those. */
const WAITING = ['B24', 'B25', 'B26', 'B30'];

const MINUTES = 60_000;

describe.concurrent('a generated project', { timeout: 5 * MINUTES }, () => {
  it.for(named(inMatrix()))(
    '%s gets A-, and A when time-outs are waited for',
    async ([name, { flags, store }], context) => {
      const project = await startProject(`audit-${name}`, store, flags).catch((error) => {
        if (error instanceof ProgramMissing && !process.env.REQUIRE_DATABASE)
          return context.skip(error.message);
        throw error;
      });
      context.onTestFinished(() => project.close());
      const quick = await runAudit(project);
      const failed = quick.document.checks?.filter(({ verdict }) => verdict === 'fail');
      context.expect(failed, JSON.stringify(quick.document)).toEqual([]);
      context.expect({ grade: quick.document.grade, notes: quick.document.notes }).toEqual({
        grade: 'A-',
        notes: [],
      });
      process.stdout.write(
        `audit ${name}: ${quick.document.requests} requests in ${quick.document.seconds} s\n`,
      );

      shortenClocks(project.directory);
      await project.restart();
      const patient = await runAudit(project, '--timeouts', '--wait', '60s', '--only', WAITING.join(','));
      const notGood = patient.document.checks?.filter(
        ({ verdict }) => verdict === 'fail' || verdict === 'unknown',
      );
      context.expect(notGood).toEqual([]);
      context.expect(patient.document.grade).toBe('A');
    },
  );
});
