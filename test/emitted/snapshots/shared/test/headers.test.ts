/** Which powers do response headers take from a page, and which answers do they keep out of caches? */
import { describe, expect } from 'vitest';
import { CSP_REPORT_LIMIT, HSTS_MAX_AGE_SECONDS, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { it, type TestApp } from './support/app.ts';
import type { Answer } from './support/browser.ts';
import { SIGN_IN_PATH, signedIn } from './support/fixtures.ts';

/** One of each kind. */
const answers: [name: string, answer: Answer][] = [];
it.beforeAll(async ({ app }) => {
  const { browser } = await signedIn(app);
  answers.push(
    ['200', await browser.get('/api/session')],
    ['204', await app.browser().post('/api/auth/logout')],
    ['400', await browser.post(SIGN_IN_PATH, '{')],
    ['401', await app.browser().get('/api/sessions')],
    ['403', await browser.post('/api/auth/logout', undefined, { headers: { 'sec-fetch-site': 'cross-site' } })],
    ['404', await browser.get('/nothing')],
    ['404 for a path that cannot be decoded', await browser.get('/%')],
    ['health', await browser.get('/livez')],
  );
  app.faults.fail('sessions.read');
  answers.push(['503', await browser.get('/api/session')]);
  app.faults.clear();
});

describe('every answer, errors too', () => {
  const policies = () => answers.map(([, { headers }]) => String(headers['content-security-policy']));

  it('has a content security policy without inline code, frames, objects or another base', () => {
    for (const policy of policies()) {
      for (const name of ['default-src', 'object-src', 'base-uri', 'frame-ancestors']) {
        expect(policy).toContain(`${name} 'none'`);
      }
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*|data:/);
    }
  });

  it('lets nothing of another origin run, load, be sent to or frame the page', () => {
    for (const policy of policies()) {
      const sources = policy.split(';').filter((directive) => !/^(report-|require-)/.test(directive));
      expect(sources.length).toBeGreaterThan(4);
      for (const directive of sources) expect(directive).toMatch(/^[a-z-]+ '(none|self)'$/);
      expect(sources.some((directive) => directive.startsWith('form-action '))).toBe(true);
    }
  });

  it('reports what that policy stops, in the old way and the new', () => {
    for (const policy of policies()) expect(policy).toMatch(/report-uri \/csp-reports(;.*)?report-to csp/);
    for (const [, { headers }] of answers) expect(headers['reporting-endpoints']).toBe('csp="/csp-reports"');
  });

  it.for([
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'same-origin'],
    ['x-frame-options', 'DENY'],
    ['vary', 'Sec-Fetch-Site, Origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
    // Nothing tells of the software behind it.
    ['x-powered-by', undefined],
    ['server', undefined],
    ['etag', undefined],
  ] as const)('has %s: %s', ([name, value]) => {
    for (const [, { headers }] of answers) expect(headers[name]).toBe(value);
  });

  it('that holds anything of a session, or an error, stays out of every cache', () => {
    for (const [name, { headers }] of answers) {
      if (name !== 'health') expect([name, headers['cache-control']]).toEqual([name, 'no-store']);
    }
  });
});

describe('Strict-Transport-Security', () => {
  it('is sent in production, on errors too, for a year and all subdomains', async ({ start }) => {
    expect(HSTS_MAX_AGE_SECONDS).toBeGreaterThanOrEqual(365 * 24 * 60 * 60);
    const production = await start({ config: { production: true } });
    for (const path of ['/api/session', '/nothing', '/livez']) {
      const { headers } = await production.browser().get(path);
      expect(headers['strict-transport-security']).toBe(`max-age=${HSTS_MAX_AGE_SECONDS}; includeSubDomains`);
    }
  });

  it('is not sent in development, where it would bind every port of localhost', () => {
    for (const [, { headers }] of answers) expect(headers['strict-transport-security']).toBeUndefined();
  });
});

describe('POST /csp-reports', () => {
  const OLD = {
    'csp-report': { 'violated-directive': 'script-src', 'document-uri': 'https://localhost/?token=secret' },
  };
  const NEW = [
    { type: 'csp-violation', body: { effectiveDirective: 'script-src', documentURL: 'https://localhost/' } },
  ];
  const report = (app: TestApp, body: unknown, type: string) =>
    // As a browser sends it for a page whose origin it tells nobody.
    app.browser().post('/csp-reports', body, { headers: { 'content-type': type, origin: 'null' } });
  const violations = (app: TestApp) => app.log().filter(({ event }) => event === 'csp_violation');

  it('takes the old format and the new one, and logs what was stopped but no address', async ({ start }) => {
    const app = await start();
    expect((await report(app, OLD, 'application/csp-report')).status).toBe(204);
    expect((await report(app, NEW, 'application/reports+json')).status).toBe(204);
    expect(violations(app)).toHaveLength(2);
    for (const event of violations(app)) expect(JSON.stringify(event)).toContain('script-src');
    expect(app.logText()).not.toContain('token=secret');
  });

  it('fills the log with no more than ten directives of a report, and takes one without any', async ({ start }) => {
    const app = await start();
    for (const body of [Array(12).fill(NEW[0]), []]) {
      expect((await report(app, body, 'application/reports+json')).status).toBe(204);
    }
    expect(violations(app).map(({ directives }) => directives.length)).toEqual([10, 0]);
  });

  it('refuses other types and large reports', async ({ start }) => {
    const app = await start();
    expect((await report(app, OLD, 'text/plain')).status).toBe(415);
    expect((await report(app, { x: 'x'.repeat(MAX_BODY_BYTES) }, 'application/csp-report')).status).toBe(413);
  });

  it.for([
    ['a report nested too deep to be walked', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['what is no report at all', '{'],
    ['an empty one', ''],
  ])('takes %s', async ([, text], { start }) => {
    const app = await start();
    expect((await report(app, text, 'application/csp-report')).status).toBe(204);
    expect(app.logText()).not.toContain('sys_error');
  });

  it('is limited, as anybody can send reports', async ({ start }) => {
    const app = await start();
    const send = () => report(app, OLD, 'application/csp-report');
    const flood = await Promise.all(Array.from({ length: CSP_REPORT_LIMIT.points + 5 }, send));
    const refused = flood.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    app.clock.now += CSP_REPORT_LIMIT.perMs;
    expect((await send()).status).toBe(204);
  });

  it('needs no database and no session', async ({ start }) => {
    const app = await start();
    app.faults.fail('');
    const { status, cookies } = await report(app, OLD, 'application/csp-report');
    expect([status, cookies]).toEqual([204, []]);
  });
});
