import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findNginx } from '../databases/nginx.ts';
import { startPostgres } from '../databases/postgres.ts';
import type { RunningServer } from '../databases/server-process.ts';
import { startOrSkip } from '../databases/start-or-skip.ts';
import { PASSWORD } from '../package/support/curl.ts';
import { type Production, type Site, startProduction } from './support/behind-proxy.ts';
import { inMatrix, named } from './support/combinations.ts';

/** Projects of `--tls proxy` in production, behind a real nginx that speaks TLS for them. */

const START_MS = 60_000;

/** One more than ACCOUNT_AND_ADDRESS_LIMIT lets through. */
const TOO_MANY = 11;

/** Half of STOP_DEADLINE_MS, after which a server cuts off who is left. */
const SOON_MS = 5_000;

/** Unless keepalive_timeout of its upstream says otherwise. @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html */
const NGINX_KEEPS_SECONDS = 60;

/** What somebody may write who wants to be another, or to be taken for a proxy. */
const spoofed = (address: string): Record<string, string> => ({
  'x-forwarded-for': `${address}, 127.0.0.9`,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  'x-real-ip': address,
  forwarded: `for=${address};proto=https;host=evil.example`,
});

const HTTPS_REQUIRED = { error: { code: 'https_required' } };

/** All share the points that the database counts by address. */
let networks = 0;
const newNetwork = (): string => `127.1.${++networks}`;

const newPerson = () => ({ email: `${randomBytes(6).toString('hex')}@example.test`, password: PASSWORD });

const lastAddress = ({ server }: Site): string | undefined =>
  [...server.output().matchAll(/"ip":"(.*?)".*"msg":"request"/g)].at(-1)?.[1];

/** One store is enough: what a proxy touches is in the overlays of the framework and the base. */
const onPostgres = inMatrix().filter(({ store }) => store === 'postgres');

let database: RunningServer;
beforeEach(async (context) => {
  await startOrSkip(context, async () => findNginx());
  database ??= await startOrSkip(context, startPostgres);
}, START_MS);
afterAll(() => database?.stop());

describe.for(named(onPostgres))('%s behind nginx', ([name, { flags }]) => {
  let starting: Promise<Production> | undefined;
  let production: Production;
  beforeEach(async () => {
    starting ??= startProduction(name, flags, database.url);
    production = await starting; // once: what does not start fails each test at once
  }, START_MS);
  afterAll(() => production?.stop());

  it('signs people up, in and out, with a cookie that is Secure', async () => {
    const browser = production.byAddress.browser();
    const person = newPerson();
    const registered = await browser.post('/api/auth/register', person);
    expect(registered.status, production.byAddress.server.output()).toBe(201);
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
    const { status, cookies, headers } = await browser.post('/api/auth/login', person);
    expect(status).toBe(200);
    expect(cookies.map((line) => line.split('=', 1)[0]).sort()).toEqual(['__Host-device', '__Host-id']);
    for (const line of cookies) expect(line).toMatch(/; Secure/i);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    expect((await browser.get('/api/session')).body).toMatchObject({ authenticated: true });
  });

  describe.each([
    ['by its address', 'byAddress'],
    ['as the one proxy there is', 'byNumber'],
  ] as const)('trusted %s', (_title, way) => {
    it('believes the proxy alone about who the client is, and throttles that one', async () => {
      const site = production[way];
      const network = newNetwork();
      const [person, browser] = [newPerson(), site.browser(`${network}.2`)];
      expect((await browser.post('/api/auth/register', person)).status).toBe(201);
      const [statuses, guesser] = [[] as number[], site.browser(`${network}.1`)];
      for (let attempt = 1; attempt <= TOO_MANY; attempt += 1) {
        const wrong = { ...person, password: 'a wrong guess' };
        const headers = spoofed(`203.0.113.${attempt}`);
        statuses.push((await guesser.post('/api/auth/login', wrong, { headers })).status);
      }
      expect(statuses).toEqual([...Array(TOO_MANY - 1).fill(401), 429]);
      await expect.poll(() => lastAddress(site)).toBe(`${network}.1`);

      // The same account from another address, over the connections that nginx keeps to the app.
      const headers = spoofed(`${network}.1`);
      expect((await browser.post('/api/auth/login', person, { headers })).status).toBe(200);
      await expect.poll(() => lastAddress(site)).toBe(`${network}.2`);
      const [{ ip }] = (await browser.get('/api/sessions', { headers: spoofed('203.0.113.77') })).body;
      expect(ip).toBe(`${network}.0`);
      expect(site.server.output()).not.toContain('203.0.113.');
    });

    it('answers nothing that came to the proxy in clear, whatever it says of itself', async () => {
      const { plainOrigin, browser } = production[way];
      const person = newPerson();
      expect((await browser().post('/api/auth/register', person)).status).toBe(201);
      const headers = { ...spoofed('203.0.113.1'), origin: plainOrigin, 'content-type': 'application/json' };
      const login = { method: 'POST', body: JSON.stringify(person) };
      for (const [path, init] of [['/api/session'], ['/account'], ['/api/auth/login', login]] as const) {
        const answer = await fetch(plainOrigin + path, { ...init, headers });
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject(HTTPS_REQUIRED);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    });
  });

  it('refuses who reaches it past the proxy, though they say what the proxy would; only probes may', async () => {
    const { directOrigin, server } = production.byAddress;
    const ask = (path: string) => fetch(directOrigin + path, { headers: spoofed('203.0.113.1') });
    for (const path of ['/api/session', '/account']) {
      const answer = await ask(path);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject(HTTPS_REQUIRED);
    }
    for (const path of ['/livez', '/readyz']) expect((await ask(path)).status).toBe(200);
    await expect.poll(() => lastAddress(production.byAddress)).toBe('127.0.0.1');
    expect(server.output()).not.toContain('203.0.113.');
  });

  it('keeps its connections for longer than the proxy does, which would send into one that closes', async () => {
    const { headers } = await fetch(`${production.byAddress.directOrigin}/livez`);
    const [, seconds] = /^timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(NGINX_KEEPS_SECONDS);
  });

  it('stops in good order while the proxy keeps its connections', async () => {
    const { browser, server } = production.byAddress;
    expect((await browser().get('/livez')).status).toBe(200);
    const asked = performance.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(SOON_MS);
    expect((await browser().get('/livez')).status).toBe(502);
  });
});
