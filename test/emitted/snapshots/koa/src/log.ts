/**
 * What is logged? One JSON object per line. Events have the names of OWASP's logging vocabulary; sessions are named by
 * their handle. No line may contain a session id, a cookie or a password (ASVS 16.2.5).
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import { type DestinationStream, type Logger, pino } from 'pino';
import { pinoHttp } from 'pino-http';
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
 * One line per request: no query, no headers and no body, so nothing secret can be in it.
 * @param whoIs the ids of the user and the session, as far as they are known by then
 */
export function requestLog(logger: Logger, whoIs: (ctx: Context) => object): Middleware {
  const contexts = new WeakMap<IncomingMessage, Context>(); // pino-http knows Node's request, not Koa's
  const line = (request: IncomingMessage, response: ServerResponse, took: { responseTime: number }) => {
    const ctx = contexts.get(request);
    return {
      method: request.method,
      path: request.url?.split('?', 1)[0],
      ip: ctx?.ip,
      status: statusOf(response),
      ms: took.responseTime,
      ...(ctx && whoIs(ctx)),
    };
  };
  const logRequest = pinoHttp({
    logger,
    // Not taken from a header: a client could make its requests look like somebody else's.
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    quietResLogger: true,
    customSuccessObject: line,
    customErrorObject: (request, response, _error, value) => line(request, response, value),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
  });
  return (ctx: Context, next: Next) => {
    contexts.set(ctx.req, ctx);
    logRequest(ctx.req, ctx.res);
    return next();
  };
}

/** Where the client did not wait for its answer, a status that no server sends. */
function statusOf({ statusCode, writableFinished }: ServerResponse): number {
  return writableFinished ? statusCode : 499;
}
