/**
 * An app that keeps its sessions in memory, with one fault of its own: what a database or a proxy cannot make the
 * generated app do, and the checker of `npm run chaos` must find.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAULTS = {
  none: 'is right',
  resurrection: 'brings an ended session back when a late write comes',
  return: 'brings ended sessions back a little later',
  identity: 'serves somebody else now and then',
  data: 'shows the data of somebody else now and then',
  amnesia: 'forgets sessions',
  staleness: 'forgets writes',
  index: 'lists too few sessions',
  silence: 'does not answer now and then',
  failure: 'answers 500 now and then',
  refusal: 'answers 403 now and then',
  cut: 'ends connections without an answer now and then',
} as const;

export type Fault = keyof typeof FAULTS;

interface Session {
  id: string;
  email: string;
  cart: unknown[];
}

const NOW_AND_THEN = 0.2;
const LATER_MS = 10;

export async function startFakeApp(fault: Fault): Promise<{ origin: string; stop(): Promise<void> }> {
  const sessions = new Map<string, Session>();
  const isTime = (wanted: Fault) => fault === wanted && Math.random() < NOW_AND_THEN;
  const anyOther = (session: Session) =>
    [...sessions.values()].find(({ email }) => email !== session.email) ?? session;

  function end(session: Session): void {
    sessions.delete(session.id);
    if (fault === 'return') setTimeout(() => sessions.set(session.id, session), LATER_MS);
  }

  function begin(response: ServerResponse, email: string, cart: unknown[] = []): Session {
    const session = { id: randomBytes(8).toString('hex'), email, cart };
    if (!isTime('amnesia')) sessions.set(session.id, session);
    response.setHeader('Set-Cookie', `session=${session.id}; Path=/`);
    return session;
  }

  /** @returns the body of the answer; undefined: nobody is signed in */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const session = sessions.get(/session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const input = await json(request);
    // As in a real app, what a request has read grows old while it works.
    if (request.method === 'PUT') await new Promise((done) => setTimeout(done, 3));
    switch (`${request.method} ${request.url}`) {
      case 'POST /api/auth/register':
      case 'POST /api/auth/login':
        return begin(response, input.email).email;
      case 'POST /api/auth/logout':
        if (session) end(session);
        return {};
      case 'POST /api/auth/reauthenticate':
        if (!session) return undefined;
        begin(response, session.email, session.cart);
        end(session);
        return {};
      case 'GET /api/session': {
        const seen = session && isTime('identity') ? anyOther(session) : session;
        return seen ? { authenticated: true, user: { email: seen.email } } : { authenticated: false };
      }
      case 'GET /api/cart':
        return { items: (session && isTime('data') ? anyOther(session) : session)?.cart ?? [] };
      case 'PUT /api/cart':
        return write(session, response, input.items);
      case 'GET /api/sessions':
        return session && [...sessions.values()].filter(isOf(session)).slice(fault === 'index' ? 1 : 0);
      case 'DELETE /api/sessions':
        if (!session) return undefined;
        for (const other of [...sessions.values()].filter(isOf(session))) if (other !== session) end(other);
        return {};
      default:
        throw new Error(`${request.method} ${request.url} is no route of the load`);
    }
  }

  function write(session: Session | undefined, response: ServerResponse, items: unknown[]): unknown {
    if (!session) response.setHeader('Set-Cookie', 'session=visitor; Path=/');
    else if (fault === 'resurrection') sessions.set(session.id, { ...session, cart: items });
    else if (!isTime('staleness')) session.cart = items;
    return { items };
  }

  const server = createServer(async (request, response) => {
    if (isTime('silence')) return;
    if (isTime('cut')) {
      request.socket.destroy();
      return;
    }
    const body = await answer(request, response);
    if (isTime('failure')) response.statusCode = 500;
    else if (isTime('refusal')) response.statusCode = 403;
    else if (body === undefined) response.statusCode = 401;
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

// --- internal ---

const isOf =
  ({ email }: Session) =>
  (other: Session): boolean =>
    other.email === email;

async function json(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}
