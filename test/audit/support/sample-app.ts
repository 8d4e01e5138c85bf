import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createDevelopmentCertificates } from '../../../src/plan/certificates/certificate-authority.ts';
import type { Fault } from './faults.ts';

/**
 * An app with the HTTP interface of generated projects, in memory. It is right, but for the faults it is told to have:
 * each takes one protection away and leaves the others.
 */
export interface SampleApp {
  url: string;
  ca: string;
  /** Where plain http is answered, with that fault. */
  plainPort: number | undefined;
  /** Accounts that exist. */
  accounts(): string[];
  close(): Promise<void>;
}

interface Session {
  user?: string;
  cart?: unknown;
  createdAt: number;
  lastSeenAt: number;
  confirmedAt: number;
}

interface Account {
  password: string;
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  id: string;
  session: Session | undefined;
}

const IDLE_MS = 2000;
const ABSOLUTE_MS = 4000;
const WINDOW_MS = 700;
const LONG_MS = 3_600_000;
const GUESSES = 8;
const { ca, cert, key } = createDevelopmentCertificates(['localhost']);

export async function startSampleApp(
  faults: readonly Fault[] = [],
  hasShortClocks = false,
): Promise<SampleApp> {
  const has = (fault: Fault): boolean => faults.includes(fault);
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  const guesses = new Map<string, number>();
  const secret = randomBytes(32);
  const [idle, absolute, recent] = hasShortClocks
    ? [IDLE_MS, ABSOLUTE_MS, WINDOW_MS]
    : [LONG_MS, LONG_MS, LONG_MS];
  let counter = 0;
  let origin = '';
  const isUnsigned = has('ids-count') || has('ids-short');
  const cookieName = has('name-without-prefix') ? 'id' : '__Host-id';

  // --- ids and cookies ---

  function newId(user: string): string {
    counter += 1;
    if (has('ids-count')) return `session-${1_000_000 + counter}`;
    if (has('cookie-too-long')) return randomBytes(3100).toString('base64url');
    if (has('ids-short')) return randomBytes(9).toString('hex');
    if (has('ids-name-the-user'))
      return `${Buffer.from(user).toString('base64url')}~${randomBytes(32).toString('base64url')}`;
    return randomBytes(32).toString('base64url');
  }

  const macOf = (id: string): string => createHmac('sha256', secret).update(id).digest('base64url');

  function idIn(value: string): string {
    const [id = '', mac = '', end = ''] = value.split('.');
    const right = macOf(id);
    const isSigned = mac.length === right.length && timingSafeEqual(Buffer.from(mac), Buffer.from(right));
    const session = sessions.get(id);
    if (has('end-in-the-cookie') && !end) return '';
    if (has('end-in-the-cookie') && isSigned && session) {
      session.lastSeenAt = Math.max(session.lastSeenAt, Number(end) * 1000 - idle);
    }
    if (has('signature-not-verified') || isUnsigned) return id;
    if (has('unknown-ids-adopted') && value) return value.includes('.') ? id : value;
    return isSigned ? id : '';
  }

  function attributes(isDeletion = false): string {
    const parts = [
      has('cookie-path') ? 'Path=/api' : 'Path=/',
      ...(has('cookie-insecure') ? [] : ['Secure']),
      ...(has('cookie-readable') ? [] : ['HttpOnly']),
      ...(has('cookie-without-same-site')
        ? []
        : [`SameSite=${has('cookie-same-site-none') ? 'None' : 'Lax'}`]),
      ...(has('cookie-stays') && !isDeletion ? ['Max-Age=2592000'] : []),
    ];
    return parts.join('; ');
  }

  function setCookie({ request, response }: Call, id: string): void {
    response.setHeader('Cache-Control', 'no-store');
    const end = has('end-in-the-cookie') ? `.${Math.floor((Date.now() + idle) / 1000)}` : '';
    const isPlain = has('scheme-by-header') && request.headers['x-forwarded-proto'] === 'http';
    const flags = isPlain ? attributes().replace('Secure; ', '') : attributes();
    response.setHeader(
      'Set-Cookie',
      `${cookieName}=${isUnsigned ? id : `${id}.${macOf(id)}${end}`}; ${flags}`,
    );
  }

  function deleteCookie({ response }: Call): unknown {
    if (has('cookie-not-deleted')) return;
    const flags = has('deletion-insecure') ? 'Path=/' : attributes(true);
    response.setHeader('Set-Cookie', `${cookieName}=; ${flags}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`);
    response.setHeader('Clear-Site-Data', '"cache", "storage"');
  }

  // --- sessions ---

  function isLive(session: Session): boolean {
    const now = Date.now();
    const isIdle = now - session.lastSeenAt >= idle && !has('idle-never');
    return !isIdle && (now - session.confirmedAt < absolute || has('absolute-never'));
  }

  function find(id: string): Session | undefined {
    const session = sessions.get(id);
    return session && isLive(session) ? session : undefined;
  }

  function begin(call: Call, content: Pick<Session, 'user' | 'cart'>, keepsId = false): void {
    const now = Date.now();
    const id = keepsId && call.id ? call.id : newId(content.user ?? '');
    const leavesOld = has('old-id-stays-signed-in') && !call.session?.user;
    if (!keepsId && !leavesOld) sessions.delete(call.id);
    if (has('old-id-stays-signed-in') && call.session && !call.session.user)
      call.session.user = content.user ?? '';
    const store = () => sessions.set(id, { ...content, createdAt: now, lastSeenAt: now, confirmedAt: now });
    if (has('login-does-not-wait') && content.user) setTimeout(store, 20);
    else store();
    setCookie(call, id);
  }

  const handleOf = (id: string): string =>
    createHmac('sha256', 'handle').update(id).digest('base64url').slice(0, 22);

  const othersOf = (user: string | undefined, except: string): string[] =>
    [...sessions].filter(([id, session]) => session.user === user && id !== except).map(([id]) => id);

  // --- answers ---

  function answer({ response }: Call, status: number, body?: object | string): unknown {
    response.statusCode = status;
    if (body === undefined) return void response.end();
    const isPage = typeof body === 'string';
    response.setHeader('Content-Type', isPage ? 'text/html' : 'application/json');
    response.end(isPage ? body : JSON.stringify(body));
  }

  const refuse = (call: Call, status: number, code: string): unknown =>
    answer(call, status, { error: { code } });

  function securityHeaders({ response, request, path }: Call): void {
    if (!has('without-nosniff')) response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!has('without-csp'))
      response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    response.setHeader('Referrer-Policy', 'same-origin');
    if (has('software-named')) response.setHeader('X-Powered-By', 'Express');
    const isKept = has('answers-may-be-kept') && path === '/api/sessions';
    if (path.startsWith('/api') && !isKept) response.setHeader('Cache-Control', 'no-store');
    if (has('origin-reflected') && request.headers.origin) {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    if (has('origin-by-suffix') && request.headers.origin?.endsWith(new URL(origin).host)) {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
  }

  function isCrossSite({ headers, method = '' }: IncomingMessage): boolean {
    if (/^(GET|HEAD|OPTIONS)$/.test(method) || has('cross-site-let-through')) return false;
    if (headers.origin === 'null' && has('null-origin-let-through')) return false;
    if (headers['sec-fetch-site'] === 'same-site' && has('subdomains-let-through')) return false;
    return headers.origin !== undefined && headers.origin !== origin;
  }

  // --- routes ---

  /** Where a wrong password counts. */
  const guessKey = ({ request, body }: Call): string =>
    `${body.email} ${has('address-by-header') ? request.headers['x-forwarded-for'] : ''}`;

  function isThrottled(call: Call): boolean {
    if (has('guesses-not-counted')) return false;
    const count = (guesses.get(guessKey(call)) ?? 0) + 1;
    guesses.set(guessKey(call), count);
    return count > GUESSES;
  }

  function logIn(call: Call): unknown {
    const email = String(call.body.email ?? '');
    const account = accounts.get(email);
    if (isThrottled(call)) return refuse(call, 429, 'too_many_attempts');
    if (account === undefined && has('unknown-users-told')) return refuse(call, 404, 'unknown_user');
    if (!account || account.password !== call.body.password) return refuse(call, 401, 'invalid_credentials');
    guesses.delete(guessKey(call));
    const keepsId =
      has('id-kept-at-login') || (has('id-kept-at-second-login') && call.session?.user !== undefined);
    begin(call, { user: email }, keepsId);
    const next = call.query.get('next');
    if (has('login-leads-anywhere') && next) {
      call.response.setHeader('Location', next);
      return answer(call, 303);
    }
    answer(call, 200, { user: { email }, ...(has('id-in-the-body') && { token: cookieIn(call.response) }) });
  }

  const cookieIn = (response: ServerResponse): string =>
    String(response.getHeader('Set-Cookie')).split('=')[1]?.split('.')[0] ?? '';

  function logOut(call: Call): void {
    if (!has('logout-in-the-browser-only')) sessions.delete(call.id);
    deleteCookie(call);
    answer(call, 204);
  }

  function register(call: Call): void {
    const { email, password } = call.body;
    accounts.set(String(email), { password: String(password) });
    begin(call, { user: String(email) });
    answer(call, 201, {});
  }

  function changePassword(call: Call, session: Session): unknown {
    const account = accounts.get(session.user ?? '');
    if (!account || account.password !== call.body.currentPassword)
      return refuse(call, 401, 'invalid_credentials');
    account.password = String(call.body.newPassword);
    if (!has('password-change-spares-others'))
      for (const id of othersOf(session.user, call.id)) sessions.delete(id);
    begin(call, { user: session.user ?? '' });
    answer(call, 204);
  }

  function reauthenticate(call: Call, session: Session): unknown {
    if (accounts.get(session.user ?? '')?.password !== call.body.password)
      return refuse(call, 401, 'invalid_credentials');
    begin(call, { user: session.user ?? '' }, has('id-kept-at-reauthentication'));
    answer(call, 200, {});
  }

  function listSessions(call: Call, session: Session): void {
    const chosen = [...sessions].filter(([, one]) => has('everybody-listed') || one.user === session.user);
    const name = (id: string) => (has('ids-listed') ? id : handleOf(id));
    answer(call, 200, chosen.map(([id]) => ({ id: name(id), current: id === call.id })) as object);
  }

  const isRecent = (session: Session): boolean =>
    has('never-asks-again') || Date.now() - session.confirmedAt < recent;

  function revoke(call: Call, session: Session): unknown {
    if (!isRecent(session)) return refuse(call, 403, 'reauthentication_required');
    const handle = call.path.slice('/api/sessions/'.length);
    const found = [...sessions].find(
      ([id, one]) => handleOf(id) === handle && (one.user === session.user || has('foreign-sessions-ended')),
    );
    if (!found) return refuse(call, 404, 'not_found');
    if (!has('revocation-for-show')) sessions.delete(found[0]);
    answer(call, 204);
  }

  function revokeOthers(call: Call, session: Session): unknown {
    if (!isRecent(session)) return refuse(call, 403, 'reauthentication_required');
    for (const id of othersOf(session.user, call.id)) sessions.delete(id);
    answer(call, 200, {});
  }

  function putCart(call: Call): unknown {
    const { session, id } = call;
    if (!session) begin(call, { cart: call.body.items });
    else if (has('late-saves-insert') || sessions.has(id))
      sessions.set(id, { ...session, cart: call.body.items, lastSeenAt: Date.now() });
    else return refuse(call, 401, 'unauthenticated');
    answer(call, 200, {});
  }

  function whoAmI(call: Call): unknown {
    const { session } = call;
    if (!session?.user) return answer(call, 200, { authenticated: false });
    const time = (at: number) => new Date(at).toISOString();
    answer(call, 200, {
      authenticated: true,
      user: { email: session.user },
      idleExpiresAt: time(session.lastSeenAt + idle),
      absoluteExpiresAt: time(session.confirmedAt + absolute),
      reauthenticatedUntil: time(session.confirmedAt + recent),
    });
  }

  function route(call: Call): unknown {
    const { path, session, request } = call;
    const method = methodOf(call);
    const isAnyMethod = has('any-method-answered') && path === '/api/session';
    const isLogout = path === '/api/auth/logout';
    if (method === 'TRACE' && has('trace-answered')) return answer(call, 200, { echo: request.rawHeaders });
    if (
      isLogout &&
      (method === 'POST' ||
        (method === 'GET' && has('logout-by-get')) ||
        (method === 'HEAD' && has('logout-by-head')))
    )
      return logOut(call);
    if (path === '/' && method === 'GET') return page(call);
    switch (isAnyMethod ? 'GET /api/session' : `${method} ${path}`) {
      case 'GET /api/session':
        return whoAmI(call);
      case 'POST /api/auth/register':
        return register(call);
      case 'POST /api/auth/login':
        return logIn(call);
      case 'PUT /api/cart':
        return putCart(call);
    }
    if (!path.startsWith('/api/')) return refuse(call, 404, 'not_found');
    if (!session?.user) return refuse(call, 401, 'unauthenticated');
    session.lastSeenAt = Date.now();
    switch (`${method} ${path}`) {
      case 'GET /api/sessions':
        return listSessions(call, session);
      case 'DELETE /api/sessions':
        return revokeOthers(call, session);
      case 'POST /api/auth/password':
        return changePassword(call, session);
      case 'POST /api/auth/reauthenticate':
        return reauthenticate(call, session);
      case 'DELETE /api/account':
        accounts.delete(session.user);
        for (const id of othersOf(session.user, '')) sessions.delete(id);
        return answer(call, 204);
    }
    if (method === 'DELETE' && path.startsWith('/api/sessions/')) return revoke(call, session);
    refuse(call, 404, 'not_found');
  }

  function page(call: Call): void {
    const host = call.request.headers['x-forwarded-host'] ?? call.request.headers.host;
    if (has('visitors-get-sessions') && !call.session) begin(call, {});
    answer(
      call,
      200,
      `<!doctype html><title>Sample</title>${has('host-by-header') ? `<a href="https://${host}/">home</a>` : ''}`,
    );
  }

  function methodOf({ request, query }: Call): string {
    const override = request.headers['x-http-method-override'] ?? query.get('_method');
    return has('method-by-header') && override ? String(override) : (request.method ?? '');
  }

  // --- what happens to a request ---

  const handle: RequestListener = async (request, response) => {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const query = new URLSearchParams(search);
    const given =
      cookiesOf(request).get(cookieName) ?? (has('id-in-the-query') ? query.get('sid') : '') ?? '';
    const fromHeader = has('id-in-a-header')
      ? request.headers.authorization?.replace('Bearer ', '')
      : undefined;
    const id = idIn(fromHeader ?? given);
    if (has('unknown-ids-adopted') && id && !sessions.has(id)) {
      sessions.set(id, { createdAt: Date.now(), lastSeenAt: Date.now(), confirmedAt: Date.now() });
    }
    // Read before the body where a fault says so: what the store does not know any more is kept in hand.
    const early = has('late-saves-insert') ? find(id) : undefined;
    const text = await bodyOf(request);
    const call: Call = { request, response, path, query, body: {}, id, session: early ?? find(id) };
    securityHeaders(call);
    if (isCrossSite(request)) return refuse(call, 403, 'cross_site');
    const body = parse(text);
    if (
      text &&
      !/^application\/json/.test(request.headers['content-type'] ?? '') &&
      !has('cross-site-let-through')
    ) {
      return refuse(call, 415, 'unsupported_media_type');
    }
    if (body === undefined) return malformed(call);
    call.body = body;
    route(call);
  };

  function malformed(call: Call): unknown {
    if (has('stack-told')) return answer(call, 500, { error: new Error('bad').stack ?? '' });
    if (has('bad-input-is-500')) return refuse(call, 500, 'internal');
    refuse(call, 400, 'invalid_json');
  }

  const oldTls = has('old-tls') ? { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT:@SECLEVEL=0' } : {};
  const main = createTlsServer(
    { cert, key, minVersion: 'TLSv1.2', ...oldTls },
    (request, response) => void handle(request, response),
  );
  const servers: Server[] = [main];
  const port = await listen(main, 0);
  origin = `https://localhost:${port}`;
  let plainPort: number | undefined;
  if (has('plain-port-serves')) {
    const plain = createPlainServer((request, response) => void handle(request, response));
    servers.push(plain);
    plainPort = await listen(plain, 0);
  }
  return {
    url: origin,
    ca,
    plainPort,
    accounts: () => [...accounts.keys()],
    close: async () => {
      main.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

// --- internal ---

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server
      .once('error', reject)
      .listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function cookiesOf({ headers }: IncomingMessage): Map<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function parse(text: string): Record<string, unknown> | undefined {
  if (text === '') return {};
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
