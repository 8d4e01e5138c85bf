import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BREAKAGES, type Breakage, startBrokenServer } from './support/broken-server.ts';
import { runAudit } from './support/run-audit.ts';

/** Whatever a server does, the audit ends by itself, and nothing that was not seen counts as good. */

const NAMES = Object.keys(BREAKAGES) as Breakage[];

async function auditBroken(breakage: Breakage, after: number) {
  const server = await startBrokenServer(breakage, after);
  onTestFinished(() => server.close());
  return runAudit(server);
}

describe.concurrent('audit of a server that', { timeout: 60_000 }, () => {
  it.each(NAMES)('%s from the start exits 3', async (breakage) => {
    const { code, document } = await auditBroken(breakage, 0);
    expect(document).toMatchObject({ ok: false, exitCode: 3 });
    expect(code).toBe(3);
  });

  it.each(NAMES)('%s after the calibration gets no pass', async (breakage) => {
    const { code, document } = await auditBroken(breakage, 40);
    const passed = document.checks.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-found');
    // What needs no server at all, or was seen before it broke, is withdrawn too.
    expect(passed.map(({ id, evidence }) => `${id} ${evidence}`)).toEqual([]);
    expect([0, 5]).toContain(code);
    expect(document.grade).not.toBe('A');
  });

  it('accepts connections and says nothing exits 3', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    onTestFinished(() => void silent.close());
    const url = `http://localhost:${(silent.address() as AddressInfo).port}`;
    const { code, document } = await runAudit({ url, ca: '' });
    expect(code).toBe(3);
    expect(document).toMatchObject({
      error: { code: 'target_unreachable', message: expect.stringContaining('no answer within 10 s') },
    });
  });

  it('is not there exits 3 and asks whether it runs', async () => {
    const { code, document } = await runAudit({ url: 'http://localhost:1', ca: '' });
    expect(code).toBe(3);
    expect(document).toMatchObject({ error: { fix: 'Is the app running there?' } });
  });
});
