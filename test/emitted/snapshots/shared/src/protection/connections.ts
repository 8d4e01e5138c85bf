/**
 * Attack: a client holds connections, half requests and answers that it never reads, until nobody else is served; or it
 * sends what the frameworks answer past the app's own rules. This is the HTTP server in front of the app.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { CONNECTION_LIMITS } from '../security-policy.ts';
import { NO_STORE } from './headers.ts';
import { TLS_OPTIONS } from './https.ts';

/** Of an answer that the app never sees. It has no body. */
const BARE_HEADERS = {
  ...NO_STORE,
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Content-Length': '0',
  Connection: 'close',
};

/** Files are small and sent whole, when they have changed: each framework would do something else with these. */
const IGNORED = ['if-match', 'if-none-match', 'if-range', 'if-unmodified-since', 'range'];

/** What Node's parser says, where it is not just a 400. */
const PARSER_ERRORS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** @param tls null: plain HTTP */
export function createBoundedServer(
  app: http.RequestListener,
  tls: { cert: string; key: string } | null,
  limits = CONNECTION_LIMITS,
): http.Server {
  const { headersMs, requestMs, silenceMs, connections, requestsEach, pipelined } = limits;
  const answersOf = new WeakMap<Socket, Set<http.ServerResponse>>();

  const listener: http.RequestListener = (request, response) => {
    const { socket, headers } = request;
    const answers = answersOf.get(socket) ?? new Set();
    answersOf.set(socket, answers.add(response));
    response.once('close', () => answers.delete(response));
    // Node hands over all requests that came in one piece, whether or not the answers are read.
    if (answers.size > pipelined) socket.destroy();
    if (socket.destroyed) return;
    if (headers.host === undefined && request.httpVersion === '1.1') {
      response.writeHead(400, BARE_HEADERS).end();
      return;
    }
    request.url = pathOf(request.url);
    for (const name of IGNORED) delete headers[name];
    app(request, response);
  };

  const options: http.ServerOptions = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(headersMs, 1000),
    requireHostHeader: false, // Node's own refusal has no headers
  };
  const server = tls
    ? https.createServer({ ...options, ...TLS_OPTIONS, ...tls, handshakeTimeout: headersMs }, listener)
    : http.createServer(options, listener);
  Object.assign(server, { maxConnections: connections, maxRequestsPerSocket: requestsEach, timeout: silenceMs });
  server.on('checkExpectation', listener);
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy()); // an answer would wait for the handshake
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Socket) => {
    const hasBegun = [...(answersOf.get(socket) ?? [])].some(({ headersSent }) => headersSent);
    const lines = [`HTTP/1.1 ${PARSER_ERRORS[code] ?? '400 Bad Request'}`];
    for (const [name, value] of Object.entries(BARE_HEADERS)) lines.push(`${name}: ${value}`);
    if (socket.writable && !hasBegun) socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
    else socket.destroy(); // it would end up inside that answer
  });
  return server;
}

/**
 * The path and query of a request's target, which may have a host in front (RFC 9112 section 3.2), with letters that did
 * not have to be percent-encoded as they are (RFC 3986 section 6.2.2). What is neither, cannot be decoded, or has empty
 * or dot segments becomes a path that does not exist: each framework would answer it in a way of its own.
 */
function pathOf(target = ''): string {
  const isAbsolute = /^https?:/i.test(target) && URL.canParse(target);
  const whole = isAbsolute ? target.replace(/^https?:\/*[^/?#]*\/?/i, '/') : target;
  const [written = '', query] = whole.split(/(?=\?)/, 2);
  const path = written.replace(/%[2-7][\da-f]/gi, (code) => /[\w.~-]/.exec(decodeURIComponent(code))?.[0] ?? code);
  const isPath = /^(?!.*\/(?:\.{0,2}\/|\.{1,2}$))\//.test(path) && isDecodable(path);
  return (isPath ? path : `/${encodeURIComponent(encodeURIComponent(path))}`) + (query ?? '');
}

function isDecodable(path: string): boolean {
  try {
    return Boolean(decodeURIComponent(path));
  } catch {
    return false;
  }
}
