/**
 * What is logged? One JSON object per line. Events have the names of OWASP's logging vocabulary; sessions are named by
 * their handle. No line may contain a session id, a cookie or a password (ASVS 16.2.5).
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Next } from './middleware.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** The second line of defence: if a whole request is logged by mistake, its secrets are left out. */
const SECRETS = ['cookie', 'authorization', '["set-cookie"]', 'password', 'currentPassword', 'newPassword'];
const PARENTS = ['', '*.', '*.*.', 'req.headers.', 'res.headers.', 'headers.', 'request.headers.'];
const redact = PARENTS.flatMap((parent) =>
  SECRETS.map((name) => (name.startsWith('[') ? `${parent.slice(0, -1)}${name}` : `${parent}${name}`)),
);

export function createLog(level = 'info', destination?: DestinationStream): Logger {
  return pino({ level, redact, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/**
 * One line per request: no query, no headers and no body, so nothing secret can be in it. Our own, as pino-http writes
 * the headers of each request into a log of its own, even where that is never used.
 * @param whoIs the ids of the user and the session, as far as they are known by then
 */
export function requestLog(logger: Logger, whoIs: (ctx: Context) => object): Middleware {
  const lines = logger.child({}, { redact: [] }); // looking for secrets is slow, and here are none
  return (ctx: Context, next: Next) => {
    const { method, originalUrl, ip, res } = ctx;
    const begin = performance.now();
    // Not taken from a header: a client could make its requests look like somebody else's.
    const reqId = randomUUID();
    res.once('close', () => {
      const path = originalUrl.split('?', 1)[0];
      const ms = Math.round(performance.now() - begin);
      lines.info({ reqId, method, path, ip, status: statusOf(res), ms, ...whoIs(ctx) }, 'request');
    });
    return next();
  };
}

/** Where the client did not wait for its answer, a status that no server sends. */
function statusOf({ statusCode, writableFinished }: ServerResponse): number {
  return writableFinished ? statusCode : 499;
}
