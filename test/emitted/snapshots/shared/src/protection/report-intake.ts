/** Takes in CSP reports: anybody can send them, so they are few, small, and never trusted. */
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { CSP_REPORT_LIMIT } from '../security-policy.ts';
import { costOf } from './login-throttle.ts';

export const REPORT_TYPES = ['application/csp-report', 'application/reports+json'];

export function createReportIntake(log: Log, now: () => number) {
  let fullAt = 0;

  /** @throws Problem `too_many_attempts`; counted in this process alone, as reports must not cost the engine */
  function admit(): void {
    const next = Math.max(fullAt, now()) + costOf(CSP_REPORT_LIMIT);
    const retryAfterMs = next - now() - CSP_REPORT_LIMIT.perMs;
    if (retryAfterMs > 0) throw new Problem('too_many_attempts', { retryAfterMs });
    fullAt = next;
  }

  /** Logs which directive stopped something, and nothing else of a report: an address in it may hold a secret. */
  function note(body: unknown): void {
    const directives = JSON.stringify(body).match(/"(?:violated-directive|effectiveDirective)":"[\w -]{1,60}/g) ?? [];
    log.warn({ event: 'csp_violation', directives: directives.slice(0, 10) }, 'a page was stopped by its policy');
  }

  return { admit, note };
}
