import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CSP_REPORT_LIMIT, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

const OLD = { 'csp-report': { 'violated-directive': 'script-src', 'document-uri': 'https://localhost/?token=secret' } };
const NEW = [{ type: 'csp-violation', body: { effectiveDirective: 'script-src', documentURL: 'https://localhost/' } }];
const report = (body: unknown, type: string) =>
  app.browser().post('/csp-reports', body, { headers: { 'content-type': type } });

describe('POST /csp-reports', () => {
  it('takes the old format and the new one, and logs what was stopped but no address', async () => {
    expect((await report(OLD, 'application/csp-report')).status).toBe(204);
    expect((await report(NEW, 'application/reports+json')).status).toBe(204);
    const events = app.log().filter(({ event }) => event === 'csp_violation');
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).toContain('script-src');
    expect(app.logText()).not.toContain('token=secret');
  });

  it('fills the log with no more than ten directives of a report, and takes one without any', async () => {
    const directivesOf = async (body: unknown) => {
      expect((await report(body, 'application/reports+json')).status).toBe(204);
      return app.log().findLast(({ event }) => event === 'csp_violation')?.directives;
    };
    expect(await directivesOf(Array(12).fill(NEW[0]))).toHaveLength(10);
    expect(await directivesOf([])).toEqual([]);
  });

  it('refuses other types and large reports', async () => {
    expect((await report(OLD, 'text/plain')).status).toBe(415);
    expect((await report({ x: 'x'.repeat(MAX_BODY_BYTES) }, 'application/csp-report')).status).toBe(413);
    expect((await report('{', 'application/csp-report')).status).toBe(400);
  });

  it('is limited, as anybody can send reports', async () => {
    const flood = Array.from({ length: CSP_REPORT_LIMIT.points + 5 }, () => report(OLD, 'application/csp-report'));
    const refused = (await Promise.all(flood)).filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    app.clock.now += CSP_REPORT_LIMIT.perMs;
    expect((await report(OLD, 'application/csp-report')).status).toBe(204);
  });

  it('needs no engine and no session', async () => {
    app.faults.fail('');
    const answer = await report(OLD, 'application/csp-report');
    expect(answer.status).toBe(204);
    expect(answer.cookies).toEqual([]);
  });
});
