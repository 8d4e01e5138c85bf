/** One line a request: no query, no headers, no body, so nothing secret can be in it. */
import type { RequestHandler } from 'express';
import type { Log } from './log.ts';

export function requestLog(log: Log, now: () => number): RequestHandler {
  return (request, response, next) => {
    const startedAt = now();
    response.once('close', () => {
      const { method, originalUrl, ip } = request;
      const path = originalUrl.split('?', 1)[0];
      log.info({ method, path, ip, status: response.statusCode, ms: now() - startedAt }, 'request');
    });
    next();
  };
}
