import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer, request as requestTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createDevelopmentCertificates } from '../../../src/plan/certificates/certificate-authority.ts';
import { startSampleApp } from './sample-app.ts';

/** In front of the sample app: works until enough requests were answered, and then breaks. */
export type Breakage = keyof typeof BREAKAGES;

const GARBAGE_BYTES = 3 * 1024 * 1024;

export const BREAKAGES = {
  // Only after the deadline of a request is this known.
  'takes requests and never answers': () => {},
  'cuts every connection': (request) => void request.socket.destroy(),
  'answers 500': (_request, response) => void response.writeHead(500).end('{}'),
  'answers 503 with a user': (_request, response) =>
    void response.writeHead(503).end('{"authenticated":true}'),
  'answers 429': (_request, response) => void response.writeHead(429, { 'Retry-After': '900' }).end('{}'),
  'answers what is not HTTP': (request) => void request.socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'promises more than it sends': (request, response) => {
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write('{"authenticated":');
    setImmediate(() => request.socket.destroy());
  },
  'sends without end': (_request, response) => {
    response.writeHead(200);
    response.write('x'.repeat(GARBAGE_BYTES));
  },
  'sends what cannot be unpacked': (_request, response) =>
    void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('no gzip'),
  upgrades: (request) =>
    void request.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  'redirects in a circle': (request, response) =>
    void response.writeHead(302, { Location: request.url }).end(),
  'takes everybody for a user': (_request, response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"authenticated":true}'),
  'takes nobody for a user': (_request, response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"authenticated":false}'),
  'answers by chance': (_request, response) => {
    count += 1;
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ authenticated: count % 3 === 0 }));
  },
} as const satisfies Record<string, (request: IncomingMessage, response: ServerResponse) => void>;

let count = 0;

/** @param after how many requests are answered well before */
export async function startBrokenServer(breakage: Breakage, after: number) {
  const app = await startSampleApp();
  const { ca, cert, key } = createDevelopmentCertificates(['localhost']);
  const target = new URL(app.url);
  let served = 0;
  const server = createTlsServer({ cert, key }, (request, response) => {
    served += 1;
    if (served > after) return BREAKAGES[breakage](request, response);
    const { url: path, method } = request;
    // The app knows itself by its own origin.
    const headers = { ...request.headers, ...(request.headers.origin && { origin: target.origin }) };
    const through = requestTls({
      host: 'localhost',
      port: target.port,
      path,
      method,
      headers,
      ca: app.ca,
      agent: false,
    });
    through.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    through.on('error', () => response.destroy());
    request.pipe(through);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await app.close();
    },
  };
}
