/** Is the app reached over TLS alone, and is a proxy believed only where it was configured? */
import { once } from 'node:events';
import * as http from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { describe, expect, onTestFinished } from 'vitest';
import { addressBlock, parseTrustProxy, TLS_OPTIONS, truncatedAddress } from '../src/protection/https.ts';
import { ACCOUNT_AND_ADDRESS_LIMIT, ADDRESS_LIMIT } from '../src/security-policy.ts';
import { it, type TestApp } from './support/app.ts';
import { newPerson, signIn } from './support/fixtures.ts';

/** For an app that believes these proxies and nobody else. */
const trusting = (proxies: string) => ({ config: { trustProxy: parseTrustProxy(proxies) } });

/** Serves over plain HTTP until the test has finished. Returns what sends one request there. */
async function servePlain(listener: http.RequestListener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async (method: string, path: string, headers: http.OutgoingHttpHeaders = {}, body?: string) => {
    const outgoing = http.request({ port, host: '127.0.0.1', method, path, headers }).end(body);
    const [incoming]: http.IncomingMessage[] = await once(outgoing, 'response');
    const answer = incoming && (await text(incoming));
    const code = answer?.startsWith('{') ? JSON.parse(answer).error?.code : undefined;
    return { status: incoming?.statusCode, headers: incoming?.headers ?? {}, code };
  };
}

describe('TLS', () => {
  /** The protocol and cipher agreed on; rejects when there is none. */
  async function handshake({ origin, ca }: TestApp, options: ConnectionOptions) {
    const socket = connect({ port: Number(new URL(origin).port), host: 'localhost', ca, ...options });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    return { protocol: socket.getProtocol(), cipher: socket.getCipher().standardName };
  }

  it('is 1.3 where the client can do it, else 1.2 with forward secrecy and authentication', async ({ app }) => {
    expect((await handshake(app, {})).protocol).toBe('TLSv1.3');
    const { protocol, cipher } = await handshake(app, { maxVersion: 'TLSv1.2' });
    expect(protocol).toBe('TLSv1.2');
    expect(cipher).toMatch(/^TLS_ECDHE_.*(GCM|POLY1305)/);
  });

  it('names no suite without either, not even one that only another certificate could use', () => {
    const suites = String(TLS_OPTIONS.ciphers).split(':');
    for (const suite of suites) expect(suite).toMatch(/^(TLS_.*_(GCM|POLY1305)_.*|ECDHE\+(AESGCM|CHACHA20))$/);
  });

  it.for(['TLSv1', 'TLSv1.1'] as const)('is never %s', async (version, { app }) => {
    const weak = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(app, weak)).rejects.toThrow();
  });

  it.for(['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384'])(
    'does not offer %s',
    async (ciphers, { app }) => {
      await expect(handshake(app, { maxVersion: 'TLSv1.2', ciphers })).rejects.toThrow();
    },
  );
});

describe('without a trusted proxy', () => {
  it('a client cannot choose the address it is throttled and logged by', async ({ start }) => {
    // Long ago, so that what this test spends of 127.0.0.1 is back for others who come from there.
    const app = await start({ ...trusting(''), clock: { now: Date.now() - ADDRESS_LIMIT.perMs } });
    const person = newPerson();
    let status = 0;
    for (let attempt = 0; attempt <= ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${attempt}`, forwarded: `for=203.0.113.${attempt}` };
      ({ status } = await signIn(app.browser(), person, { headers }));
    }
    expect(status).toBe(429);
    expect(app.logText()).not.toContain('203.0.113.');
  });
});

describe('behind a trusted proxy', () => {
  it('the address is the rightmost one that no trusted proxy has', async ({ start }) => {
    const app = await start(trusting('127.0.0.1'));
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 127.0.0.1' };
    await app.browser().get('/api/session', { headers });
    await expect.poll(() => app.log().findLast(({ msg }) => msg === 'request')?.ip).toBe('203.0.113.7');
  });

  it('a client that leaves before its answer is logged by its address, and does no harm', async ({ start }) => {
    const app = await start(trusting('127.0.0.1'));
    const ping = app.faults.holdNext('ping');
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.8' };
    const leaving = request(new URL('/readyz', app.origin), { ca: app.ca, headers });
    leaving.on('error', () => {}).end();
    await ping.reached;
    leaving.destroy();
    const line = () => app.log().find(({ path }) => path === '/readyz');
    await expect.poll(() => [line()?.ip, line()?.status]).toEqual(['203.0.113.8', 499]);
    ping.release();
    expect((await app.browser().get('/livez')).status).toBe(200);
  });

  it('plain HTTP between the client and the proxy is refused, even if the proxy comes by TLS', async ({ start }) => {
    const app = await start(trusting('127.0.0.1'));
    const answer = await app.browser().get('/api/session', { headers: { 'x-forwarded-proto': 'http' } });
    expect(answer).toMatchObject({ status: 400, code: 'https_required' });
  });
});

describe('a request over plain HTTP', () => {
  it('is refused, whatever it says of itself', async ({ start }) => {
    const app = await start(trusting(''));
    const send = await servePlain(app.listener);
    for (const headers of [{}, { 'x-forwarded-proto': 'https' }, { forwarded: 'proto=https' }]) {
      const answer = await send('GET', '/api/session', headers);
      expect(answer).toMatchObject({ status: 400, code: 'https_required' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    await expect.poll(() => app.log().filter(({ msg, status }) => msg === 'request' && status === 400)).toHaveLength(3);
  });

  it.for([
    [200, ['https', 'https,https', 'https, https']],
    [400, ['http', '', 'https, http', 'http, https', undefined]],
  ] as const)('is answered %i when a trusted proxy says %j', async ([expected, schemes], { start }) => {
    for (const proxies of ['127.0.0.1', '1']) {
      const send = await servePlain((await start(trusting(proxies))).listener);
      for (const scheme of schemes) {
        const headers = scheme === undefined ? {} : { 'x-forwarded-proto': scheme };
        expect([scheme, (await send('GET', '/api/session', headers)).status]).toEqual([scheme, expected]);
      }
    }
  });

  it.for(['', '127.0.0.1'])('of a health probe is answered, with TRUST_PROXY=%s', async (proxies, { start }) => {
    const send = await servePlain((await start(trusting(proxies))).listener);
    for (const path of ['/livez', '/readyz']) expect((await send('GET', path)).status).toBe(200);
  });

  it('gets a Secure session cookie through a trusted proxy that speaks TLS', async ({ start }) => {
    const send = await servePlain((await start(trusting('127.0.0.1'))).listener);
    const headers = { 'x-forwarded-proto': 'https', 'content-type': 'application/json' };
    const answer = await send('POST', '/api/auth/register', headers, JSON.stringify(newPerson()));
    expect(answer.status).toBe(201);
    expect(String(answer.headers['set-cookie'])).toMatch(/; Secure/i);
  });
});

describe('TRUST_PROXY', () => {
  it.for([
    ['', [], ['127.0.0.1']],
    ['10.0.0.1', ['10.0.0.1'], ['10.0.0.2', 'unknown', '']],
    ['10.0.0.0/8', ['10.1.2.3', '10.1.2.3:443', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3'], ['11.1.2.3']],
    ['::ffff:10.0.0.0/104', ['10.1.2.3'], ['11.1.2.3', '2001:db8::1']],
    ['10.0.0.1, 2001:db8::/32', ['2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:443', '10.0.0.1'], ['2001:db9::1']],
  ] as const)('%s believes %j and not %j', ([proxies, believed, others]) => {
    const trustProxy = parseTrustProxy(proxies);
    expect(believed.filter((address) => !trustProxy(address, 3))).toEqual([]);
    expect(others.filter((address) => trustProxy(address, 0))).toEqual([]);
  });

  it('as a number believes as many, whatever their addresses', () => {
    const trustProxy = parseTrustProxy('2');
    expect([0, 1, 2, 3].map((hop) => trustProxy('203.0.113.1', hop))).toEqual([true, true, false, false]);
  });
});

describe('an address', () => {
  it('is one client however it is written, as is a whole /64 of IPv6', () => {
    const clients = [
      ['192.0.2.7', '192.0.2.7:50123', '::ffff:192.0.2.7', '::ffff:c000:207', '64:ff9b::192.0.2.7'],
      ['192.0.2.8'],
      ['2001:db8:1:2:3:4:5:6', '2001:0DB8:0001:0002::9', '[2001:db8:1:2::9]:50123'],
      ['2001:db8:1:3:3:4:5:6'],
      ['fe80::1%eth0', 'fe80::1'],
      ['no address', ''],
    ];
    const blocks = clients.map((addresses) => [...new Set(addresses.map(addressBlock))]);
    expect(blocks.map(({ length }) => length)).toEqual(clients.map(() => 1));
    expect(new Set(blocks.flat()).size).toBe(clients.length);
  });

  it.for([
    ['192.0.2.255', '192.0.2.0'],
    ['::ffff:192.0.2.7', '192.0.2.0'],
    ['2001:db8:1:ffff:3:4:5:6', '2001:db8:1::'],
    ['fe80::1%eth0', 'fe80::'],
    ['no address', ''],
  ] as const)('%s is listed as %s: a place, not a person', ([address, listed]) => {
    expect(truncatedAddress(address)).toBe(listed);
  });
});
