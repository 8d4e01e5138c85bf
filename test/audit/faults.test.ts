import { describe, it, type TestContext } from 'vitest';
import { FAULTS, type Fault, WAITING } from './support/faults.ts';
import { runAudit } from './support/run-audit.ts';
import { startSampleApp } from './support/sample-app.ts';

/** Each fault takes one protection of the sample app away: the audit must name it, and nothing else. */

/** All checks take two seconds each time; `npm test` asks the one that must turn red. */
const IS_WHOLE = process.env.MATRIX !== undefined;

const ROWS = Object.entries(FAULTS) as [Fault, string][];

/** The hook of the test's own context: several run at once, and the app must live as long as its own test. */
async function auditSample(
  { onTestFinished }: TestContext,
  faults: readonly Fault[],
  { isWaiting = false, only = [] as readonly string[] } = {},
) {
  const app = await startSampleApp(faults, isWaiting);
  onTestFinished(() => app.close());
  const audited = await runAudit(
    app,
    ...(only.length > 0 && !IS_WHOLE ? ['--only', only.join(',')] : []),
    ...(isWaiting ? ['--timeouts', '--wait', '10s'] : []),
    ...(app.plainPort === undefined ? [] : ['--http-port', String(app.plainPort)]),
  );
  return { ...audited, accounts: app.accounts() };
}

describe.concurrent('audit', { timeout: 60_000 }, () => {
  it('grades an app without a fault A-, as it has not waited for time-outs', async (context) => {
    const { code, document, failed, accounts } = await auditSample(context, []);
    context.expect({ code, grade: document.grade, failed }).toEqual({ code: 0, grade: 'A-', failed: [] });
    const unknown = document.checks.filter(({ verdict }) => verdict === 'unknown');
    context
      .expect(
        unknown.map(({ id }) => id),
        JSON.stringify(unknown),
      )
      .toEqual(['B24', 'B25', 'B26', 'B30']);
    // What it registered it has removed.
    context.expect(accounts).toEqual([]);
  });

  // The clocks of the sample app end after a second or two: what is late on a busy machine is unknown, rightly.
  it('grades it A when it has', { retry: 2 }, async (context) => {
    const { code, document, failed } = await auditSample(context, [], { isWaiting: true, only: WAITING });
    context.expect(document.checks.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
    context.expect({ code, grade: document.grade, failed }).toEqual({ code: 0, grade: 'A', failed: [] });
  });

  it.for(ROWS)('finds %s by %s and by no other check', async ([fault, check], context) => {
    // B26 needs the session that B24 has seen end.
    const only = check === 'B26' ? ['B24', check] : [check];
    const isWaiting = WAITING.includes(check);
    const { code, failed, document } = await auditSample(context, [fault], { isWaiting, only });
    const told = document.checks?.find(({ id }) => id === check) ?? document;
    context.expect(failed, JSON.stringify(told)).toEqual([check]);
    context.expect(code).toBe(5);
  });
});
