/**
 * Who vouches for people in development and in tests? An OpenID Connect provider in one file. It believes every name
 * that is typed in and keeps everything in memory, so it refuses production and is reached from this machine only.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';

/** The app, as a provider knows it. */
export interface RegisteredApp {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Where a logout leads back to. */
  logOutUri: string;
  /** Where logout tokens go. */
  backChannelUrl: string;
}

export interface DevelopmentProvider {
  listener: RequestListener;
  /** Signs with other keys from now on. */
  renewKeys(): void;
  /** A token signed with the provider's key. */
  sign(claims: object, header?: object): string;
  /** Makes an ID token of its claims. Tests replace it, to lie. */
  idToken(claims: Record<string, unknown>): string;
  /** What the provider says of somebody besides the usual. */
  claimsOf: Map<string, object>;
}

interface Session {
  sid: string;
  login: string;
  /** In seconds since 1970. */
  authTime: number;
}

const COOKIE = '__Host-development-provider';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const NAME = /^[\w.@-]{1,60}$/;
const TOKEN_LIFETIME_SECONDS = 300;

/** @param ca signed the app's certificate */
export function createDevelopmentProvider(issuer: string, app: RegisteredApp, ca?: string): DevelopmentProvider {
  if (process.env.NODE_ENV === 'production') throw new Error('the development provider lets everybody in');
  let { kid, privateKey, publicKey } = newKeys();
  const sessions = new Map<string, Session>();
  const codes = new Map<string, { session: Session; query: URLSearchParams }>();
  const names = new Set(['alice', 'bob']);
  const seconds = () => Math.floor(Date.now() / 1000);

  const provider: DevelopmentProvider = {
    listener: (incoming, response) => {
      answer(incoming, response).catch(() => send(response, 400, 'The request cannot be understood.'));
    },
    renewKeys: () => {
      ({ kid, privateKey, publicKey } = newKeys());
    },
    sign: (claims, header = {}) => signToken(claims, { alg: 'ES256', kid, ...header }, privateKey),
    idToken: (claims) => provider.sign(claims),
    claimsOf: new Map(),
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', issuer);
    const route = `${incoming.method} ${pathname}`;
    if (route === 'GET /.well-known/openid-configuration') return sendJson(response, metadata());
    if (route === 'GET /jwks') return sendJson(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] });
    if (route === 'POST /token') return exchangeCode(incoming, response);
    if (route === 'GET /logout') return logOut(incoming, response, searchParams);
    if (pathname !== '/authorize') return send(response, 404, 'Not found.');
    return authorize(incoming, response, searchParams);
  }

  function metadata(): object {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/logout`,
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** The login page, or straight back when the browser has a session here that is young enough. */
  async function authorize(incoming: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const isKnown = query.get('client_id') === app.clientId && query.get('redirect_uri') === app.redirectUri;
    if (!isKnown || !query.get('code_challenge')) return send(response, 400, 'Not registered.');
    const current = sessionOf(incoming);
    if (incoming.method === 'GET') {
      const maxAge = Number(query.get('max_age') ?? Number.POSITIVE_INFINITY);
      const isFresh = current !== undefined && seconds() - current.authTime < maxAge;
      if (!isFresh || query.get('prompt') === 'login') return send(response, 200, loginForm(names));
      return goBack(response, query, { code: codeFor(current, query) });
    }
    const form = new URLSearchParams(await readText(incoming));
    if (form.has('cancel')) return goBack(response, query, { error: 'access_denied' });
    const login = form.get('name') || (form.get('login') ?? '');
    if (!NAME.test(login)) return send(response, 400, 'A name has letters, digits and . _ @ - only.');
    names.add(login);
    const sid = current?.login === login ? current.sid : random();
    const session = { sid, login, authTime: seconds() };
    const id = random();
    sessions.set(id, session);
    response.setHeader('Set-Cookie', `${COOKIE}=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`);
    goBack(response, query, { code: codeFor(session, query) });
  }

  function codeFor(session: Session, query: URLSearchParams): string {
    const code = random();
    codes.set(code, { session, query });
    return code;
  }

  function goBack(response: ServerResponse, query: URLSearchParams, values: Record<string, string>): void {
    const target = new URL(app.redirectUri);
    target.search = new URLSearchParams({ ...values, state: query.get('state') ?? '', iss: issuer }).toString();
    response.writeHead(303, { Location: target.href }).end();
  }

  async function exchangeCode(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await readText(incoming));
    const [, credentials = ''] = (incoming.headers.authorization ?? '').split('Basic ');
    const [id, secret] = Buffer.from(credentials, 'base64').toString().split(':').map(decodeURIComponent);
    if (id !== app.clientId || secret !== app.clientSecret) return sendJson(response, { error: 'invalid_client' }, 401);
    const issued = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isTheirs = issued?.query.get('code_challenge') === challenge && form.get('redirect_uri') === app.redirectUri;
    if (!issued || !isTheirs) return sendJson(response, { error: 'invalid_grant' }, 400);
    const { session, query } = issued;
    const claims = {
      iss: issuer,
      aud: app.clientId,
      ...personClaims(session),
      auth_time: session.authTime,
      sid: session.sid,
      nonce: query.get('nonce') ?? undefined,
      iat: seconds(),
      exp: seconds() + TOKEN_LIFETIME_SECONDS,
    };
    const tokens = { access_token: random(), token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS };
    sendJson(response, { ...tokens, id_token: provider.idToken(claims) });
  }

  function personClaims({ login }: Session): object {
    const email = login.includes('@') ? login : `${login}@example.test`;
    return { sub: login, email, email_verified: true, ...provider.claimsOf.get(login) };
  }

  /** Ends the session here, tells the app (back-channel logout), and leads back to it. */
  async function logOut(incoming: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const session = sessionOf(incoming);
    for (const [id, { sid }] of sessions) if (sid === session?.sid) sessions.delete(id);
    if (session) {
      const { sub } = personClaims(session) as { sub: string };
      const times = { iat: seconds(), exp: seconds() + TOKEN_LIFETIME_SECONDS };
      const claims = { iss: issuer, aud: app.clientId, ...times, jti: random(), sub, sid: session.sid };
      const token = provider.sign({ ...claims, events: { [EVENT]: {} } }, { typ: 'logout+jwt' });
      await postToken(app.backChannelUrl, token, ca);
    }
    const leads = query.get('client_id') === app.clientId && query.get('post_logout_redirect_uri') === app.logOutUri;
    if (!leads) return send(response, 200, 'You are signed out.');
    response.writeHead(303, { Location: app.logOutUri }).end();
  }

  function sessionOf({ headers }: IncomingMessage): Session | undefined {
    const id = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
    return sessions.get(id ?? '');
  }

  return provider;
}

/** Listens on this machine only, until the process ends. */
export async function serveDevelopmentProvider(
  { listener }: DevelopmentProvider,
  port: number,
  certificate: { cert: string; key: string },
): Promise<void> {
  const server = createServer(certificate, listener);
  await once(server.listen(port, '127.0.0.1'), 'listening');
}

const random = () => randomBytes(24).toString('base64url');
const newKeys = () => ({ kid: random(), ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });

/** A JSON Web Token. */
export function signToken(claims: object, header: object, key: KeyObject): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = sign('sha256', Buffer.from(parts.join('.')), { key, dsaEncoding: 'ieee-p1363' });
  return [...parts, signature.toString('base64url')].join('.');
}

async function readText(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  return text;
}

/** The logout goes on, whatever the app says to it. */
async function postToken(url: string, token: string, ca: string | undefined): Promise<void> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const outgoing = request(url, { method: 'POST', headers, ca }).end(`logout_token=${token}`);
  const [response] = await once(outgoing, 'response').catch((error) => [console.error(String(error))]);
  response?.resume();
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem }
  :root { color-scheme: light dark } button, input { font: inherit; padding: .4rem .8rem; margin: .2rem .2rem .2rem 0 }`;

/** No `form-action` in the policy: browsers would apply it to the redirect that ends the form, too. */
function send(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  });
  const title = 'Development provider';
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
    <meta name="viewport" content="width=device-width"><style>${STYLE}</style><h1>${title}</h1>${content}</html>`);
}

function loginForm(names: Set<string>): string {
  const buttons = [...names].map((name) => `<button name="login" value="${name}">${name}</button>`);
  return `<p>It believes everybody, and exists in development only.</p><form method="post">
    <p>Sign in as ${buttons.join(' ')}</p>
    <p><label>or as <input name="name" autocomplete="off" autocapitalize="none"></label> <button>Sign in</button></p>
    <p><button name="cancel" value="1">Cancel</button></p></form>`;
}
