import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';

/** An app of pages and forms with one user, as servers without an API have them. */
export interface FormApp {
  /** Everything is under this path. */
  prefix?: string;
  /** What GET / and GET /login answer; each token is good for one action, and for one session. */
  homePage?: Page;
  loginPage?: Page;
  /** GET /login leads those who are signed in to GET /. */
  leadsOn?: boolean;
  /** Where a POST needs the token of its own action. */
  withToken?: readonly string[];
  /** The name of a cookie without a value that comes with every answer. */
  emptyCookie?: string;
  logoutStatus?: number;
}

type Page = (tokenFor: (action: string) => string) => string;

/** The flags for it, without the login. */
export const FORM_APP_FLAGS = [
  ...['--whoami', 'GET /me', '--logout', 'POST /logout'],
  ...['--user', 'alice', '--password', 'file:password.txt'],
];

export const PASSWORD = 'correct horse battery';

export function formApp(options: FormApp = {}): RequestListener {
  const { prefix = '', homePage, loginPage, withToken = [], emptyCookie, logoutStatus = 303 } = options;
  const sessions = new Set<string>();
  const secret = randomBytes(16);
  const cookiePath = prefix || '/';

  return async (request, response) => {
    const form = new URLSearchParams(await bodyOf(request));
    const id = /(?:^|; )sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const path = new URL(`http://x${request.url}`).pathname;
    const isSignedIn = sessions.has(id);
    const tokenFor = (action: string) =>
      createHmac('sha256', secret)
        .update(isSignedIn ? `${action} ${id}` : action)
        .digest('hex');
    const setCookies = emptyCookie ? [`${emptyCookie}=; Path=/`] : [];
    const answer = (status: number, body = '', cookies: string[] = []) => {
      response.setHeader('Set-Cookie', [...setCookies, ...cookies]);
      response.writeHead(status, { 'Content-Type': 'text/html', Location: `${prefix}/` }).end(body);
    };
    if (!path.startsWith(prefix)) return answer(404, 'another app');
    const isForged = withToken.includes(path) && form.get('_csrf') !== tokenFor(path);
    if (isForged && request.method === 'POST') return answer(403, 'token');
    switch (`${request.method} ${path.slice(prefix.length)}`) {
      case 'GET /':
        return answer(200, homePage?.(tokenFor) ?? '<title>Forms</title>');
      case 'GET /login':
        return isSignedIn && options.leadsOn ? answer(303) : answer(200, loginPage?.(tokenFor));
      case 'POST /login': {
        if (form.get('user') !== 'alice' || form.get('password') !== PASSWORD) return answer(401);
        const fresh = randomBytes(24).toString('hex');
        sessions.add(fresh);
        return answer(303, '', [`sid=${fresh}; Path=${cookiePath}; HttpOnly; SameSite=Lax`]);
      }
      case 'GET /me':
        return isSignedIn ? answer(200, 'alice') : answer(401);
      case 'POST /logout':
        if (logoutStatus >= 400) return answer(logoutStatus);
        sessions.delete(id);
        return answer(logoutStatus, '', [`sid=; Path=${cookiePath}; Max-Age=0`]);
    }
    answer(404);
  };
}

/** @returns the address. @param tls over which it listens, where it does */
export async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  { host = '127.0.0.1', tls }: { host?: string; tls?: { cert: string; key: string } } = {},
): Promise<string> {
  const handle: RequestListener = (request, response) => void listener(request, response);
  const server: Server = tls ? createTlsServer(tls, handle) : createServer(handle);
  return listening(server, host, tls ? 'https' : 'http');
}

export async function listening(server: Server, host = '127.0.0.1', scheme = 'http'): Promise<string> {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
  });
  return `${scheme}://${host.includes(':') ? `[${host}]` : 'localhost'}:${(server.address() as AddressInfo).port}`;
}

// --- internal ---

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
