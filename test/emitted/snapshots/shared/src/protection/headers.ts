/**
 * Response headers that take powers away from a page: what an injected script, a frame or a downgraded connection
 * could otherwise do. @see OWASP ASVS 5.0 3.4
 */
import type { HelmetOptions } from 'helmet';
import { HSTS_MAX_AGE_SECONDS } from '../security-policy.ts';

/** Where browsers report what the content security policy stopped. */
export const CSP_REPORT_PATH = '/csp-reports';

/**
 * What helmet does not know: the report end point, powers no page of this app needs, and for caches the headers that
 * the cross-site rule looks at.
 */
export const EXTRA_HEADERS = {
  Vary: 'Sec-Fetch-Site, Origin',
  'Reporting-Endpoints': `csp="${CSP_REPORT_PATH}"`,
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;

/** Answers that hold somebody's data, or a cookie, stay out of every cache (ASVS 14.3.2). */
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
        reportUri: [CSP_REPORT_PATH],
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
