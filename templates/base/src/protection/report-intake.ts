/** Takes in CSP reports: anybody can send them, so they are few, small, and never trusted. */
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { CSP_REPORT_LIMIT } from '../security-policy.ts';
import { costOf } from './login-throttle.ts';

export const REPORT_TYPES = ['application/csp-report', 'application/reports+json'];

export function createReportIntake({ log, now }: { log: Log; now: () => number }) {
  const cost = costOf(CSP_REPORT_LIMIT);
  let fullAt = 0;

  /** @throws Problem `too_many_attempts`; counted in this process alone, as reports must not cost the engine */
  function admit(): void {
    const next = Math.max(fullAt, now()) + cost;
    const retryAfterMs = next - now() - CSP_REPORT_LIMIT.perMs;
    if (retryAfterMs > 0) throw new Problem('too_many_attempts', { retryAfterMs });
    fullAt = next;
  }

  /** Logs what was stopped and where, without the query of any address: it may hold somebody's secret. */
  function note(body: unknown): void {
    for (const report of Array.isArray(body) ? body.slice(0, 10) : [body]) {
      const { directive, blocked, page } = describe(report);
      log.warn({ event: 'csp_violation', directive, blocked, page }, 'a page was stopped by its policy');
    }
  }

  return { admit, note };
}

function describe(report: unknown) {
  const old = field(report, 'csp-report');
  const body = old ?? field(report, 'body');
  const pick = (oldName: string, newName: string) => shorten(field(body, old ? oldName : newName));
  return {
    directive: pick('violated-directive', 'effectiveDirective'),
    blocked: pick('blocked-uri', 'blockedURL'),
    page: pick('document-uri', 'documentURL'),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function shorten(value: unknown): string | undefined {
  return typeof value === 'string' ? value.split(/[?#]/, 1)[0]?.slice(0, 200) : undefined;
}
