/**
 * Attack: somebody on the network reads what a browser sends before it learns that this app speaks https. The listener
 * for plain HTTP does nothing but lead people there. @see OWASP ASVS 5.0 4.1.2
 */
import type { RequestListener } from 'node:http';
import { ApiError } from '../errors.ts';

/**
 * Redirects page views to the configured origin, whatever Host was asked for.
 * Anything else is refused, so that no script goes on sending passwords in clear text.
 */
export function redirectToHttps(origin: string): RequestListener {
  const error = new ApiError('https_required');
  return (request, response) => {
    const isPageView = request.method === 'GET' && String(request.headers.accept).includes('text/html');
    if (!isPageView) {
      response.writeHead(error.status, { 'Content-Type': 'application/json', Connection: 'close' });
      response.end(JSON.stringify(error.body));
      return;
    }
    // Only the path is kept: `//evil.example` must not become a host.
    const path = new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`);
    const location = `${origin}${path.pathname.replace(/^\/+/, '/')}${path.search}`;
    response.writeHead(308, { Location: location, Connection: 'close' });
    response.end();
  };
}
