/** What holds for every route, found by asking the app for them: one that is added later and lacks it fails here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.ts';
import { isSignedIn, somebodySignedIn } from './support/people.ts';
import { listRoutes, type Route } from './support/routes.ts';

/** Open to everybody, on purpose. Whatever is not listed here answers 401 to a visitor. */
const PUBLIC = [
  'GET /api/cart',
  'GET /api/session',
  'GET /livez',
  'GET /readyz',
  'POST /api/auth/login',
  'POST /api/auth/logout',
  'POST /api/auth/register',
  'POST /csp-reports',
  'PUT /api/cart',
];

let app: TestApp;
let routes: Route[];
beforeAll(async () => {
  ({ app, routes } = await listRoutes(() => startApp()));
});
afterAll(() => app.close());

const named = ({ method, path }: Route) => `${method} ${path}`;
const isSafe = ({ method }: Route) => ['GET', 'OPTIONS'].includes(method);

describe('every route', () => {
  it('is found, nested ones and those with parameters too', () => {
    const found = routes.map(named);
    for (const known of [...PUBLIC, 'GET /api/sessions', 'DELETE /api/sessions/x', 'DELETE /api/account']) {
      expect(found).toContain(known);
    }
  });

  it('answers 401 to a visitor, unless it is listed as public', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const { status } = await app.browser().send(route.method, route.path, { body: isSafe(route) ? undefined : {} });
      if (status !== 401) open.push(named(route));
    }
    expect(open.sort()).toEqual(PUBLIC);
  });

  it('that may change something refuses a request that another site causes', async () => {
    const { browser } = await somebodySignedIn(app);
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const unsafe = routes.filter((route) => !isSafe(route));
    expect(unsafe.length).toBeGreaterThan(8);
    for (const { method, path } of unsafe) {
      const { status, body } = await browser.send(method, path, { body: {}, headers });
      expect([method, path, status, body?.error?.code]).toEqual([method, path, 403, 'cross_site']);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('that reads gives a visitor no session', async () => {
    for (const { method, path } of routes.filter(isSafe)) {
      const { cookies } = await app.browser().send(method, path);
      expect([path, cookies]).toEqual([path, []]);
    }
  });
});
