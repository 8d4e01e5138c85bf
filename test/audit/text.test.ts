import { describe, expect, it } from 'vitest';
import type { ReportedCheck } from '../../src/commands/audit/report/document.ts';
import { findingText } from '../../src/commands/audit/report/text.ts';

const FINDING: ReportedCheck = {
  id: 'B11',
  title: 'Signing out ends the session on the server',
  verdict: 'fail',
  area: 'end',
  asvs: '7.4.1',
  wstg: 'WSTG-SESS-06',
  evidence: 'the cookie still works after logout',
  grade: 'F',
  exchanges: [{ sent: ['GET /me'], answer: ['200', `{"authenticated":true,"x":"${'y'.repeat(120)}"}`] }],
  repeat: [`curl -i -H "Cookie: id=$COOKIE" 'https://localhost:3443/me'`],
  fix: 'Delete the session in the store at logout, before the answer.',
};

describe('a finding as text', () => {
  it.each([40, 80])('fits a terminal of %i columns, but for the curl, which can be copied', (width) => {
    const lines = findingText(FINDING, width).split('\n');
    expect(lines.filter((line) => line.length > width && !line.startsWith('  curl '))).toEqual([]);
    expect(lines).toContain(`  ${FINDING.repeat}`);
    // Nothing is lost by a break.
    expect(lines.map((line) => line.trim()).join('')).toContain('y'.repeat(120));
  });
});
