/** One line a request: no query, no headers, no body, so nothing secret can be in it. */
import type { RequestHandler } from 'express';
import type { Log } from './log.ts';

export function requestLog(log: Log, now: () => number): RequestHandler {
  return (request, response, next) => {
    const startedAt = now();
    const { method, originalUrl, ip } = request; // a client that has left has no address any more
    const path = originalUrl.split('?', 1)[0];
    response.once('close', () => {
      log.info({ method, path, ip, status: response.statusCode, ms: now() - startedAt }, 'request');
    });
    next();
  };
}
