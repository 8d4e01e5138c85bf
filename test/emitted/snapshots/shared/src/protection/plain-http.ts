/**
 * Plain HTTP: whoever sits on the network reads the cookie. The app answers https only; a second listener, where
 * one is wanted, does nothing but redirect people to it. @see OWASP ASVS 5.0 4.1.2 and 12.2.1
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Problem } from '../problems.ts';

/** Says whether an address belongs to a configured proxy; `hop` 0 is the peer of the connection. */
export type TrustProxy = (address: string, hop: number) => boolean;

/**
 * A request is https when its connection is; where a trusted proxy says what it had with the client, that counts.
 * Every value of X-Forwarded-Proto must agree: one that a client put in front can then only hurt that client.
 * @throws Problem `https_required`
 */
export function requireHttps({ socket, headers }: IncomingMessage, trustProxy: TrustProxy): void {
  const said = trustProxy(socket.remoteAddress ?? '', 0) ? headers['x-forwarded-proto'] : undefined;
  const isHttps =
    said === undefined
      ? (socket as Partial<TLSSocket>).encrypted
      : String(said)
          .split(',')
          .every((scheme) => scheme.trim() === 'https');
  if (!isHttps) throw new Problem('https_required');
}

/**
 * The listener on the plain port: sends people who typed an address to the configured origin, whatever Host they
 * asked for. Anything that is not a page view is refused, so that no script goes on sending passwords in clear.
 */
export function redirectToHttps(origin: string): RequestListener {
  const problem = new Problem('https_required');
  return (request, response) => {
    const isPageView = request.method === 'GET' && String(request.headers.accept).includes('text/html');
    if (!isPageView) {
      response.writeHead(problem.status, { 'Content-Type': 'application/json', Connection: 'close' });
      response.end(JSON.stringify(problem.body));
      return;
    }
    // Only the path is taken over: `//evil.example` must not become a host.
    const path = new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`);
    const location = `${origin}${path.pathname.replace(/^\/+/, '/')}${path.search}`;
    response.writeHead(308, { Location: location, Connection: 'close' });
    response.end();
  };
}
