/** One line a request: no query, no headers, no body, so nothing secret can be in it. */
import type { onRequestHookHandler } from 'fastify';

/** Written when the connection is done with, so that a client that leaves early is noted too. */
export function requestLog(now: () => number): onRequestHookHandler {
  return (request, reply, next) => {
    const startedAt = now();
    const { method, originalUrl, ip } = request;
    const path = originalUrl.split('?', 1)[0];
    reply.raw.once('close', () => {
      request.log.info({ method, path, ip, status: reply.statusCode, ms: now() - startedAt }, 'request');
    });
    next();
  };
}
