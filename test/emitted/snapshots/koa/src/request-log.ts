/** One line a request: no query, no headers, no body, so nothing secret can be in it. */
import type { Middleware } from 'koa';
import type { Log } from './log.ts';

export function requestLog(log: Log, now: () => number): Middleware {
  return (ctx, next) => {
    const startedAt = now();
    ctx.res.once('close', () => {
      const { method, originalUrl, ip, status } = ctx;
      const path = originalUrl.split('?', 1)[0];
      log.info({ method, path, ip, status, ms: now() - startedAt }, 'request');
    });
    return next();
  };
}
