/**
 * Attack: an injected script, a frame or a shared cache gets at a user's data. Response headers take those powers
 * away, and browsers report what the content security policy stopped. @see OWASP ASVS 5.0 3.4
 */
import type { HelmetOptions } from 'helmet';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { CSP_REPORT_LIMIT, HSTS_MAX_AGE_SECONDS } from '../security-policy.ts';
import { interval } from './throttle.ts';

/** Where browsers report what the content security policy stopped: in the old format or in the new one. */
export const CSP_REPORTS = { path: '/csp-reports', types: ['application/csp-report', 'application/reports+json'] };

/**
 * What helmet does not set: the report endpoint, powers no page of this app needs, and for caches the headers that
 * the cross-site rule depends on.
 */
export const EXTRA_HEADERS = {
  Vary: 'Sec-Fetch-Site, Origin',
  'Reporting-Endpoints': `csp="${CSP_REPORTS.path}"`,
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** Keeps answers with a user's data or a cookie out of every cache (ASVS 14.3.2). */
export const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/**
 * What the browser drops at logout (ASVS 14.3.1). Not `"cookies"`: that would empty the whole registrable domain,
 * and on localhost the cookies of every other project.
 */
export const CLEAR_SITE_DATA = { 'Clear-Site-Data': '"cache", "storage"' } as const;

export function helmetOptions({ production }: { production: boolean }) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        requireTrustedTypesFor: ["'script'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        reportUri: [CSP_REPORTS.path],
        reportTo: ['csp'],
      },
    },
    // helmet's no-referrer would make a browser send `Origin: null` with the app's own forms.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // In development it would bind every port of localhost for a year.
    strictTransportSecurity: production && { maxAge: HSTS_MAX_AGE_SECONDS, includeSubDomains: true },
  } satisfies HelmetOptions;
}

/** Anybody can send reports, so they are few, small and never trusted. */
export function createReportIntake(log: Log, now: () => number) {
  // Counted in this process alone: reports must not cost the database anything.
  let fullAt = 0;
  return {
    /** @throws ApiError `too_many_attempts`, `unsupported_media_type` */
    admit: (type = '') => {
      const next = Math.max(fullAt, now()) + interval(CSP_REPORT_LIMIT);
      const retryAfterMs = next - now() - CSP_REPORT_LIMIT.perMs;
      if (retryAfterMs > 0) throw new ApiError('too_many_attempts', { retryAfterMs });
      fullAt = next;
      const isReport = CSP_REPORTS.types.includes(type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
      if (!isReport) throw new ApiError('unsupported_media_type');
    },
    /** Logs which directives stopped something and nothing else: an address in a report may contain a secret. */
    logReport: (report: string) => {
      const directives = report.match(/"(?:violated-directive|effectiveDirective)"\s*:\s*"[\w -]{1,60}/g) ?? [];
      log.warn({ event: 'csp_violation', directives: directives.slice(0, 10) }, 'a page was stopped by its policy');
    },
  };
}
