/** What holds for every route? The suite asks the app for its routes, so one that is added later is tested as well. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { COOKIE_NAME, TOUCH_INTERVAL_MS } from '../src/security-policy.ts';
import { it, startApp, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';
import { isSignedIn, signedIn } from './support/fixtures.ts';
import { listRoutes, type Route } from './support/framework.ts';

let app: TestApp;
let routes: Route[];
beforeAll(async () => {
  ({ app, routes } = await listRoutes(() => startApp()));
});
afterAll(() => app.close());

/** Reads no cookie and changes nothing; browsers may send it without the headers that the rule looks at. */
const EXEMPT = '/csp-reports';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const isSafe = ({ method }: Route) => ['GET', 'OPTIONS'].includes(method);
const isApi = ({ path }: Route) => path.startsWith('/api/');

/** Asks every route of a kind, of which there must be some, and expects the same answer of all. */
async function expectOfAll<T>(holds: (route: Route) => boolean, expected: T, ask: (route: Route) => Promise<T>) {
  const asked = routes.filter(holds);
  expect(asked.length).toBeGreaterThan(1);
  for (const route of asked) {
    const name = `${route.method} ${route.path}`;
    expect([name, await ask(route)]).toEqual([name, expected]);
  }
}

const bodyFor = ({ method }: Route) => (method === 'GET' ? {} : { body: {} });

describe('every route', () => {
  it('that is not public answers 401 to a visitor, or leads to the login page', async () => {
    const isMembers = ({ isPublic }: Route) => !isPublic;
    await expectOfAll(isMembers, true, async (route) => {
      const { status, headers } = await app.browser().send(route.method, route.path, bodyFor(route));
      return status === 401 || (status >= 300 && /^\/login\b/.test(headers.location ?? ''));
    });
  });

  it('that is not public counts as activity, even when the handler refuses', async () => {
    await expectOfAll(
      ({ isPublic }) => !isPublic,
      true,
      async (route) => {
        const { browser } = await signedIn(app);
        app.clock.now += TOUCH_INTERVAL_MS;
        const calls = await app.faults.callsOf(() => browser.send(route.method, route.path, bodyFor(route)));
        return calls.includes('sessions.touch');
      },
    );
  });

  it('has no answer of its own to OPTIONS', async () => {
    const { browser } = await signedIn(app);
    await expectOfAll(
      () => true,
      404,
      async ({ path }) => (await browser.send('OPTIONS', path)).status,
    );
  });

  it('that may change something refuses a request that another site causes', async () => {
    const { browser } = await signedIn(app);
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const isGuarded = (route: Route) => !isSafe(route) && route.path !== EXEMPT;
    await expectOfAll(isGuarded, [403, 'cross_site'], async ({ method, path }) => {
      const { status, code } = await browser.send(method, path, { body: {}, headers });
      return [status, code];
    });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('under /api takes JSON and no other body', async () => {
    const { browser } = await signedIn(app);
    const text = { body: '{}', headers: { 'content-type': 'text/plain' } };
    const takesBody = (route: Route) => isApi(route) && !isSafe(route);
    await expectOfAll(takesBody, 415, async ({ method, path }) => (await browser.send(method, path, text)).status);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('under /api says no-store, whoever asks', async () => {
    const { browser } = await signedIn(app);
    await expectOfAll(isApi, ['no-store', 'no-store'], async (route) => {
      const visitors = await app.browser().send(route.method, route.path, bodyFor(route));
      const users = await browser.get(route.path);
      return [visitors.headers['cache-control'], users.headers['cache-control']];
    });
  });

  it('that reads gives a visitor no session', async () => {
    await expectOfAll(isSafe, [], async ({ method, path }) => (await app.browser().send(method, path)).cookies);
  });

  it('is found by its exact path: in other letter case or with a slash at the end it does not exist', async () => {
    const { browser } = await signedIn(app);
    const all = () => true;
    await expectOfAll(all, [404], async ({ method, path }) => {
      const last = path.slice(path.lastIndexOf('/')); // a parameter may be in any case
      const others = [path.toUpperCase(), `${path}/`, last === '/x' ? '/X' : path.replace(last, last.toUpperCase())];
      const answers = await Promise.all(others.map((other) => browser.send(method, other)));
      return [...new Set(answers.map(({ status }) => status))];
    });
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe('a path that does not exist', () => {
  it.for(METHODS)('under /api is 401 to a visitor and 404 to a user: %s', async (method) => {
    const { browser } = await signedIn(app);
    for (const path of ['/api/nothing', '/api/auth/nothing', '/api/session/nothing']) {
      expect(await app.browser().send(method, path)).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(await browser.send(method, path)).toMatchObject({ status: 404, code: 'not_found' });
    }
  });

  it.for(METHODS)('elsewhere is 404 to everybody: %s', async (method) => {
    const { browser } = await signedIn(app);
    for (const one of [app.browser(), browser]) {
      expect(await one.send(method, '/nothing/here')).toMatchObject({ status: 404, code: 'not_found' });
    }
  });
});

describe(`POST ${EXEMPT}`, () => {
  it.for([{ cookie: `${COOKIE_NAME}=any` }, { 'sec-fetch-site': 'cross-site', origin: 'null' }])(
    'takes a report with no more than %j',
    async (headers) => {
      const sent = { 'content-type': 'application/csp-report', ...headers };
      const url = new URL(EXEMPT, app.origin);
      expect((await exchange(url, { method: 'POST', ca: app.ca, headers: sent }, '{}')).status).toBe(204);
    },
  );
});
