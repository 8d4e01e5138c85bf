import { describe, expect, it, onTestFinished } from 'vitest';
import { FAULTS, type Fault, WAITING } from './support/faults.ts';
import { runAudit } from './support/run-audit.ts';
import { plainPort, startSampleApp } from './support/sample-app.ts';

/** Each fault takes one protection of the sample app away: the audit must name it, and nothing else. */

/** All checks take two seconds each time; `npm test` asks the one that must turn red. */
const IS_WHOLE = process.env.MATRIX !== undefined;

async function auditSample(faults: readonly Fault[], isWaiting: boolean, only: readonly string[] = []) {
  const app = await startSampleApp(faults, isWaiting);
  onTestFinished(() => app.close());
  const flags = [
    ...(only.length > 0 && !IS_WHOLE ? ['--only', only.join(',')] : []),
    ...(isWaiting ? ['--timeouts', '--wait', '10s'] : []),
    ...(faults.includes('plain-port-serves') ? ['--http-port', String(plainPort)] : []),
  ];
  return { ...(await runAudit(app, ...flags)), accounts: app.accounts() };
}

describe.concurrent('audit', () => {
  it('grades an app without a fault A-, as it has not waited for time-outs', async () => {
    const { code, document, failed, accounts } = await auditSample([], false);
    expect({ code, grade: document.grade, failed }).toEqual({ code: 0, grade: 'A-', failed: [] });
    const unknown = document.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
    expect(unknown).toEqual(['B24', 'B25', 'B26', 'B30']);
    // What it registered it has removed.
    expect(accounts).toEqual([]);
  });

  it('grades it A when it has', { timeout: 60_000 }, async () => {
    const { code, document, failed } = await auditSample([], true);
    expect({ code, grade: document.grade, failed }).toEqual({ code: 0, grade: 'A', failed: [] });
    expect(document.checks.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it.each(Object.entries(FAULTS) as [Fault, string][])(
    'finds %s by %s and by no other check',
    async (fault, check) => {
      // B26 needs the session that B24 has seen end.
      const only = check === 'B26' ? ['B24', check] : [check];
      const { code, failed, document } = await auditSample([fault], WAITING.includes(check), only);
      expect(failed, JSON.stringify(document.checks.find(({ id }) => failed.includes(id)))).toEqual([check]);
      expect(code).toBe(5);
    },
  );
});
