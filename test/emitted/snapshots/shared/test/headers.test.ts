import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HSTS_MAX_AGE_SECONDS } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Answer } from './support/browser.ts';
import { register } from './support/people.ts';

let app: TestApp;
let production: TestApp;
let answers: [name: string, answer: Answer][];

beforeAll(async () => {
  app = await startApp();
  production = await startApp({ config: { production: true } });
  const { browser } = await register(app);
  answers = [
    ['200', await browser.get('/api/session')],
    ['204', await app.browser().post('/api/auth/logout')],
    ['400', await browser.post('/api/auth/login', '{')],
    ['401', await app.browser().get('/api/sessions')],
    ['403', await browser.post('/api/auth/logout', undefined, { headers: { 'sec-fetch-site': 'cross-site' } })],
    ['404', await browser.get('/nothing')],
    ['404 for a path that cannot be decoded', await browser.get('/%')],
    ['health', await browser.get('/livez')],
  ];
  app.faults.fail('sessions.read');
  answers.push(['503', await browser.get('/api/session')]);
  app.faults.clear();
});
afterAll(async () => {
  await app.close();
  await production.close();
});

describe('every answer, errors too', () => {
  it('has a content security policy without inline code, frames, objects or another base', () => {
    for (const [, { headers }] of answers) {
      const policy = String(headers['content-security-policy']);
      for (const directive of [
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]) {
        expect(policy).toContain(directive);
      }
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*|data:/);
    }
  });

  it('lets nothing of another origin run, load, be sent to or frame the page', () => {
    for (const [, { headers }] of answers) {
      const directives = String(headers['content-security-policy']).split(';');
      const sources = directives.filter((directive) => !/^(report-|require-)/.test(directive));
      expect(sources.length).toBeGreaterThan(4);
      for (const directive of sources) expect(directive).toMatch(/^[a-z-]+ '(none|self)'$/);
      expect(sources.some((directive) => directive.startsWith('form-action '))).toBe(true);
    }
  });

  it('reports what that policy stops, in the old way and the new', () => {
    for (const [, { headers }] of answers) {
      expect(headers['reporting-endpoints']).toBe('csp="/csp-reports"');
      expect(headers['content-security-policy']).toContain('report-uri /csp-reports');
      expect(headers['content-security-policy']).toContain('report-to csp');
    }
  });

  it.each([
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'same-origin'],
    ['x-frame-options', 'DENY'],
    ['vary', 'Sec-Fetch-Site, Origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ])('has %s: %s', (name, value) => {
    for (const [, { headers }] of answers) expect(headers[name]).toBe(value);
  });

  it('tells nothing of the software behind it', () => {
    for (const [, { headers }] of answers) {
      for (const name of ['x-powered-by', 'server', 'etag']) expect(headers[name]).toBeUndefined();
    }
  });

  it('that holds anything of a session, or an error, stays out of every cache', () => {
    for (const [name, { headers }] of answers) {
      if (name !== 'health') expect(headers['cache-control']).toBe('no-store');
    }
  });
});

describe('Strict-Transport-Security', () => {
  it('is sent in production, on errors too, for a year and all sub-domains', async () => {
    expect(HSTS_MAX_AGE_SECONDS).toBeGreaterThanOrEqual(365 * 24 * 60 * 60);
    for (const path of ['/api/session', '/nothing', '/livez']) {
      const { headers } = await production.browser().get(path);
      expect(headers['strict-transport-security']).toBe(`max-age=${HSTS_MAX_AGE_SECONDS}; includeSubDomains`);
    }
  });

  it('is not sent in development, where it would bind every port of localhost', () => {
    for (const [, { headers }] of answers) expect(headers['strict-transport-security']).toBeUndefined();
  });
});
