/**
 * The limit, which no framework can beat: node:https alone makes the calls to the database that the project makes for a
 * signed-in GET, with the project's own statements, and answers with the same headers and body and the same log line.
 * It lacks what protects: deadlines, the cross-site rule, the check for plain HTTP, the body's bounds, redaction.
 */
import { createHmac, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import helmet from 'helmet';
import { pino } from 'pino';
import { connect } from '../connect.ts';
import { type Modules, partsOf } from '../stock/project.ts';

const [database = '', url = '', project = '', port] = process.argv.slice(2);
const { db } = await connect(database, url);
const parts = await partsOf(project, db);
const { TLS_OPTIONS } = await parts.load('protection/https.js');
const { createSessionRecords }: Modules = await parts.load('database/sessions.js');
const sessions = createSessionRecords({ run: parts.run });
const clocks = await parts.load('session/clocks.js');
const log = pino({ timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: true }));
const headers = await fixedHeaders();

createServer({ ...TLS_OPTIONS, ...parts.tls }, (request, response) => {
  const work = request.method === 'POST' ? register(request, response) : status(request, response);
  work.catch((error: Error) => response.destroy(error));
}).listen(Number(port), '127.0.0.1', () => log.info({ event: 'sys_startup' }, 'listening'));
process.once('SIGTERM', () => process.exit(0));

async function status(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const begin = performance.now();
  const reqId = randomUUID();
  const ip = request.socket.remoteAddress;
  const id = sessionIdOf(request.headers.cookie ?? '');
  const key = keyOf(id);
  const record = id ? await sessions.read(key) : null;
  const content = record && clocks.isLive(record, Date.now()) ? record.content : null;
  const user = content && (await parts.users.findById(content.user.id));
  const isSignedIn = user && !user.disabled && user.credentialVersion === content.user.credentialVersion;
  response.once('finish', () => {
    const path = request.url?.split('?', 1)[0];
    const who = isSignedIn
      ? { user: user.id, session: hash('sha256', `handle:${key}`, 'base64url').slice(0, 22) }
      : {};
    const ms = Math.round(performance.now() - begin);
    log.info({ reqId, method: request.method, path, ip, status: response.statusCode, ms, ...who }, 'request');
  });
  answer(response, 200, isSignedIn ? parts.answer(record, user) : { authenticated: false });
}

async function register(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { email } = JSON.parse(await text(request));
  const content = await parts.signIn(email);
  const record = { content, lastSeenAt: content.createdAt };
  const id = randomBytes(32).toString('base64url');
  await sessions.insert(keyOf(id), record, clocks.expiresAt(record));
  response.setHeader('Set-Cookie', `${parts.cookieName}=${id}.${signatureOf(id)}; Path=/; Secure; HttpOnly`);
  answer(response, 201, {});
}

function answer(response: ServerResponse, statusCode: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(statusCode, { ...headers, 'Content-Length': Buffer.byteLength(json) });
  response.end(json);
}

/** The id in the cookie; empty when the signature is not ours. */
function sessionIdOf(header: string): string {
  const begin = header.indexOf(`${parts.cookieName}=`) + parts.cookieName.length + 1;
  const [id = '', signature = ''] = header.slice(begin).split(';', 1)[0]?.split('.') ?? [];
  const expected = Buffer.from(signatureOf(id));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : '';
}

function signatureOf(id: string): string {
  return createHmac('sha256', parts.secret).update(id).digest('base64url');
}

function keyOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** What helmet and the project set is the same for each answer, so it is asked once. */
async function fixedHeaders(): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  const collector = {
    setHeader: (name: string, value: string) => {
      all[name] = value;
    },
    removeHeader: () => {},
  };
  const { headers: project } = parts;
  const setHeaders = helmet(project.helmetOptions({ production: false }));
  await new Promise<unknown>((done) => setHeaders({} as never, collector as never, done));
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return { ...all, ...project.EXTRA_HEADERS, ...project.NO_STORE, ...type };
}
