import { createServer, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redirectToHttps } from '../src/protection/plain-http.ts';
import { ACCOUNT_AND_ADDRESS_LIMIT, ADDRESS_LIMIT } from '../src/security-policy.ts';
import { parseTrustProxy } from '../src/trust-proxy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { newPerson, register } from './support/people.ts';

/** One request over plain HTTP. */
function plain(port: number, method: string, path: string, headers: OutgoingHttpHeaders = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const outgoing = plainRequest({ port, host: '127.0.0.1', method, path, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.on('error', reject).end();
  });
}

describe('without a trusted proxy', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ config: { trustProxy: parseTrustProxy('') } });
  });
  afterEach(() => app.close());

  it('a client cannot choose the address it is throttled and logged by', async () => {
    const { email } = newPerson();
    let status = 0;
    for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${attempt}`, forwarded: `for=203.0.113.${attempt}` };
      ({ status } = await app.browser().post('/api/auth/login', { email, password: 'a wrong guess' }, { headers }));
    }
    expect(status).toBe(429);
    // An engine that outlives the suite would hold these guesses against whatever else comes from here.
    for (let given = 0; given <= ACCOUNT_AND_ADDRESS_LIMIT.points; given += 1) {
      await app.buckets.giveBack('address:127.0.0.1', ADDRESS_LIMIT);
    }
    expect(app.logText()).not.toContain('203.0.113.');
  });
});

describe('behind a trusted proxy', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp({ config: { trustProxy: parseTrustProxy('127.0.0.1') } });
  });
  afterEach(() => app.close());

  it('a connection in clear between client and proxy is refused, even if the proxy comes by TLS', async () => {
    const headers = { 'x-forwarded-proto': 'http' };
    const { status, body } = await app.browser().get('/api/session', { headers });
    expect([status, body.error?.code]).toEqual([400, 'https_required']);
  });

  it('the address is the rightmost one that no trusted proxy has', async () => {
    const { browser } = await register(app);
    await browser.get('/api/session', { headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 127.0.0.1' } });
    const last = () => app.log().findLast(({ msg }) => msg === 'request')?.ip;
    await expect.poll(last).toBe('203.0.113.7');
  });

  it('a client that leaves before its answer is logged by its address, and does no harm', async () => {
    const ping = app.faults.holdNext('ping');
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.8' };
    const leaving = request(new URL('/readyz', app.origin), { ca: app.ca, headers });
    leaving.on('error', () => {}).end();
    await ping.reached;
    leaving.destroy();
    await expect.poll(() => app.log().find(({ path }) => path === '/readyz')?.ip).toBe('203.0.113.8');
    ping.release();
    expect((await app.browser().get('/livez')).status).toBe(200);
  });
});

describe('a connection in clear', () => {
  let app: TestApp;
  let port: number;
  let close: () => void;
  const start = async (trusted: string) => {
    app = await startApp({ config: { trustProxy: parseTrustProxy(trusted) } });
    const server = createServer((request, response) => app.listener(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
    close = () => server.close();
  };
  afterEach(async () => {
    close();
    await app.close();
  });

  it('is refused, whatever it says of itself, unless a trusted proxy made it', async () => {
    await start('');
    for (const headers of [{}, { 'x-forwarded-proto': 'https' }, { forwarded: 'proto=https' }]) {
      const { status, text, headers: answered } = await plain(port, 'GET', '/api/session', headers);
      expect([status, JSON.parse(text).error?.code]).toEqual([400, 'https_required']);
      expect(answered['set-cookie']).toBeUndefined();
    }
  });

  it.each([
    ['https', 200],
    ['http', 400],
    ['', 400],
    ['https, http', 400],
    ['http, https', 400],
    ['https,https', 200],
    ['https, https', 200],
  ])('from a trusted proxy that says %j is answered %i', async (scheme, expected) => {
    await start('127.0.0.1');
    const { status } = await plain(port, 'GET', '/api/session', { 'x-forwarded-proto': scheme });
    expect(status).toBe(expected);
  });

  it('from a trusted proxy that says nothing is refused', async () => {
    await start('127.0.0.1');
    expect((await plain(port, 'GET', '/livez')).status).toBe(400);
  });

  it('gets a session cookie through a trusted proxy that speaks TLS', async () => {
    await start('127.0.0.1');
    const answer = await new Promise<{ status: number; cookies: string[] }>((resolve, reject) => {
      const headers = {
        'x-forwarded-proto': 'https',
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
      };
      const outgoing = plainRequest(
        { port, host: '127.0.0.1', method: 'PUT', path: '/api/cart', headers },
        (incoming) => {
          incoming.resume();
          resolve({ status: incoming.statusCode ?? 0, cookies: incoming.headers['set-cookie'] ?? [] });
        },
      );
      outgoing.on('error', reject).end('{"items":[]}');
    });
    expect(answer.status).toBe(200);
    expect(answer.cookies[0]).toMatch(/; Secure/i);
  });
});

describe('the listener on the plain port', () => {
  const ORIGIN = 'https://app.example';
  let port: number;
  let close: () => void;
  beforeEach(async () => {
    const server = createServer(redirectToHttps(ORIGIN));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
    close = () => server.close();
  });
  afterEach(() => close());

  it.each([
    ['/account?tab=1', `${ORIGIN}/account?tab=1`],
    ['//evil.example/x', `${ORIGIN}/evil.example/x`],
    ['/\\evil.example', `${ORIGIN}/evil.example`],
    ['http://evil.example/x', `${ORIGIN}/`],
  ])('sends a page view of %s to the configured origin, whatever Host says', async (path, location) => {
    const { status, headers } = await plain(port, 'GET', path, { accept: 'text/html', host: 'evil.example' });
    expect(status).toBe(308);
    expect(headers).toMatchObject({ location, connection: 'close' });
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('refuses scripts, so that none goes on sending passwords in clear', async () => {
    for (const [method, accept] of [
      ['POST', 'text/html'],
      ['GET', 'application/json'],
      ['GET', '*/*'],
    ] as const) {
      const { status, headers, text } = await plain(port, method, '/api/auth/login', { accept });
      expect(status).toBe(400);
      expect(headers).toMatchObject({ 'content-type': 'application/json', connection: 'close' });
      expect(JSON.parse(text).error.code).toBe('https_required');
    }
  });
});
