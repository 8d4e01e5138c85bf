import { type AddressInfo, createServer } from 'node:net';
import { describe, it, type TestContext } from 'vitest';
import { BREAKAGES, type Breakage, startBrokenServer } from './support/broken-server.ts';
import { runAudit } from './support/run-audit.ts';

/** Whatever a server does, the audit ends by itself, and nothing that was not seen counts as good. */

const NAMES = Object.keys(BREAKAGES) as Breakage[];

/** The hook of the test's own context, as several run at once. */
async function auditBroken({ onTestFinished }: TestContext, breakage: Breakage, after: number) {
  const server = await startBrokenServer(breakage, after);
  onTestFinished(() => server.close());
  return runAudit(server);
}

describe.concurrent('audit of a server that', { timeout: 60_000 }, () => {
  it.for(NAMES)('%s from the start exits 3', async (breakage, context) => {
    const { code, document } = await auditBroken(context, breakage, 0);
    context.expect(document).toMatchObject({ ok: false, exitCode: 3 });
    context.expect(code).toBe(3);
  });

  it.for(NAMES)('%s after the calibration gets no pass', async (breakage, context) => {
    const { code, document } = await auditBroken(context, breakage, 40);
    const passed = document.checks.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-found');
    // What needs no server at all, or was seen before it broke, is withdrawn too.
    context.expect(passed.map(({ id, evidence }) => `${id} ${evidence}`)).toEqual([]);
    context.expect([0, 5]).toContain(code);
    context.expect(document.grade).not.toBe('A');
  });

  it('accepts connections and says nothing exits 3', async (context) => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    context.onTestFinished(() => void silent.close());
    const url = `http://localhost:${(silent.address() as AddressInfo).port}`;
    const { code, document } = await runAudit({ url, ca: '' });
    context.expect(code).toBe(3);
    context.expect(document).toMatchObject({
      error: {
        code: 'target_unreachable',
        message: context.expect.stringContaining('no answer within 10 s'),
      },
    });
  });

  it('is not there exits 3 and asks whether it runs', async (context) => {
    const { code, document } = await runAudit({ url: 'http://localhost:1', ca: '' });
    context.expect(code).toBe(3);
    context.expect(document).toMatchObject({ error: { fix: 'Is the app running there?' } });
  });
});
