import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditDocument } from '../../../src/commands/audit/report/document.ts';
import { runInProcess } from '../../support/in-process.ts';

export interface Audited {
  code: number | null;
  stderr: string;
  document: AuditDocument;
  failed: readonly string[];
  verdictOf(id: string): string | undefined;
}

/** Runs the built program on an app, and reads what it says with --json. */
export async function runAudit(
  { url, ca }: { url: string; ca: string },
  ...flags: readonly string[]
): Promise<Audited> {
  const cwd = mkdtempSync(join(tmpdir(), 'audit-'));
  writeFileSync(join(cwd, 'ca.pem'), ca);
  const { code, stdout, stderr } = await runInProcess(
    ['audit', url, '--ca', 'ca.pem', '--json', ...flags],
    cwd,
  );
  // Not when the test ends: several run at once.
  rmSync(cwd, { recursive: true });
  const document = JSON.parse(stdout) as AuditDocument;
  const checks = document.checks ?? [];
  return {
    code,
    stderr,
    document,
    failed: checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id),
    verdictOf: (id) => checks.find((check) => check.id === id)?.verdict,
  };
}
