/** Does a client that holds connections, or sends what is hardly a request, harm anybody else? */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { createDevelopmentCertificates } from '../scripts/certs.ts';
import { createBoundedServer } from '../src/protection/connections.ts';
import { CONNECTION_LIMITS, MAX_BODY_BYTES } from '../src/security-policy.ts';
import { it, type TestApp } from './support/app.ts';

/** By an assertion: a connection that stays open is what these tests are about. */
const closed = (socket: Socket) => expect.poll(() => socket.closed, { timeout: 5_000 }).toBe(true);

const SAFE = ['content-security-policy: ', 'x-content-type-options: nosniff', 'cache-control: no-store'];

/** Of all requests that were logged. */
const statuses = (app: TestApp) => app.log().flatMap(({ msg, status }) => (msg === 'request' ? [status] : []));

function expectHeaders(answer: string, headers: string[]): void {
  for (const header of headers) expect(answer.toLowerCase()).toContain(header);
}

describe('what is hardly a request', () => {
  it.for([
    ['GET http://[::1', 404],
    ['GET http://[', 404],
    ['GET //[', 404],
    ['GET http://a:b/', 404],
    ['GET /%', 404],
    ['GET /api//session', 404],
    ['GET /api/../livez', 404],
    ['GET /api/%73ession', 200],
    ['OPTIONS *', 404],
    ['GET http://localhost/api/session', 200],
    ['GET HTTPS://localhost:1/livez?x', 200],
  ] as const)('is answered by the app, and logged: %s', async ([line, status], { app }) => {
    const before = statuses(app).length;
    const { socket, received } = await app.browser().open();
    socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${app.origin}\r\nConnection: close\r\n\r\n`);
    await closed(socket);
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expectHeaders(received(), [...SAFE, 'content-type: application/json']);
    await expect.poll(() => statuses(app).slice(before)).toEqual([status]);
  });

  it.for([
    ['400', 'GET nothing HTTP/1.1\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\n\r\n'], // RFC 9112 asks for a Host
    ['400', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['431', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ] as const)('is answered %s with security headers: %j', async ([status, text], { app }) => {
    const { socket, received } = await app.browser().open();
    socket.write(text);
    await closed(socket);
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expectHeaders(received(), SAFE);
  });

  it.for([
    ['expect', 'much'],
    ['if-none-match', '*'],
    ['if-match', '"x"'],
    ['range', 'bytes=9-'],
  ] as const)('that asks for more than there is gets the plain answer: %s', async ([name, value], { app }) => {
    expect((await app.browser().get('/api/session', { headers: { [name]: value } })).status).toBe(200);
  });
});

describe('a client', () => {
  it('that sends a body without end hears that it is too large, and is cut off', async ({ app }) => {
    const { socket, received } = await app.browser().open();
    const head = ['POST /api/auth/login HTTP/1.1', 'Host: localhost', `Origin: ${app.origin}`];
    socket.write([...head, 'Content-Type: application/json', 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    socket.write(chunk.repeat(MAX_BODY_BYTES / 4096 + 1));
    await closed(socket);
    expect(received()).toMatch(/^HTTP\/1.1 413 .*"too_large"/s);
    await expect.poll(() => statuses(app).at(-1)).toBe(413);
  });

  it('that sends any number of requests before it reads an answer gets few of them done, and is cut off', async () => {
    let begun = 0;
    const { open } = await bounded({}, () => {
      begun += 1; // and never ends, as an answer that nobody reads
    });
    const { socket } = await open();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1900));
    await closed(socket);
    expect(begun).toBe(CONNECTION_LIMITS.pipelined);
  });

  it('cannot open connections without end, and may have some', async () => {
    const { open } = await bounded({ connections: 2 });
    const [first, , third] = [await open(), await open(), await open()];
    await closed(third.socket);
    expect(first.socket.destroyed).toBe(false);
  });

  it.for([
    ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\n', { headersMs: 200, requestMs: 3_600_000 }],
    ['half a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{', { headersMs: 100, requestMs: 200 }],
    ['no word', '', { silenceMs: 200 }],
  ] as const)('that sends %s is not waited for', async ([, text, limits]) => {
    const { open } = await bounded(limits);
    const { socket, received } = await open();
    socket.write(text);
    await closed(socket);
    if (text) expect(received()).toMatch(/^HTTP\/1.1 408 .*nosniff/s);
  });

  it('that never begins a TLS handshake is not waited for', async () => {
    const certificate = await createDevelopmentCertificates(['localhost']);
    const { open } = await bounded({ headersMs: 200 }, answer, certificate);
    await closed((await open()).socket);
  });

  it('that sends no request gets its refusal after the answer that has begun, or none, and its connection ends', async () => {
    const { open, server } = await bounded({}, (_request, response) => void response.write('begun'));
    const [asking, other] = [await open(true), await open(true)];
    asking.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(asking.received).toContain('begun');
    for (const { socket } of [asking, other]) socket.write('no request\r\n\r\n');
    const connections = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    expect(asking.received().split('HTTP/1.1')).toHaveLength(2);
    expect(other.received()).toMatch(/^HTTP\/1.1 400 /);
  });

  it('is asked to leave after so many requests on one connection', async () => {
    const { open } = await bounded({ requestsEach: 2 });
    const { socket, received } = await open();
    for (const count of [1, 2]) {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => received().split('200 OK').length).toBe(count + 1);
    }
    expect(received()).toMatch(/connection: keep-alive.*connection: close/is);
  });

  it('has limits that leave room for slow ones and none for idle ones', ({ app }) => {
    const { headersTimeout, requestTimeout, timeout, maxConnections, maxRequestsPerSocket } = app.server;
    for (const ms of [headersTimeout, requestTimeout, timeout]) {
      expect(ms).toBeGreaterThanOrEqual(5_000);
      expect(ms).toBeLessThanOrEqual(60_000);
    }
    for (const count of [maxConnections, maxRequestsPerSocket]) {
      expect(count).toBeGreaterThanOrEqual(100);
      expect(count).toBeLessThanOrEqual(10_000);
    }
  });
});

const answer: RequestListener = (request, response) => request.resume().on('end', () => response.end('ok'));

/** A server over plain HTTP with these limits. Unless told otherwise it reads each body and answers 200. */
async function bounded(
  limits: Partial<typeof CONNECTION_LIMITS>,
  listener: RequestListener = answer,
  tls: Parameters<typeof createBoundedServer>[1] = null,
) {
  const server = createBoundedServer(listener, tls, { ...CONNECTION_LIMITS, ...limits });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    /** @param allowHalfOpen a client that goes on when the server has ended its side */
    open: async (allowHalfOpen = false) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
      onTestFinished(() => void socket.destroy());
      let received = '';
      socket.on('error', () => {}).on('data', (chunk) => (received += chunk));
      await once(socket, 'connect');
      return { socket, received: () => received };
    },
  };
}
