/**
 * What is logged? One JSON object per line. Events have the names of OWASP's logging vocabulary; sessions are named by
 * their handle. No line may contain a session id, a cookie or a password (ASVS 16.2.5).
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type FastifyBaseLogger, type FastifyRequest, LogController, type onRequestHookHandler } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';

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

/** How Fastify logs: each request has a log of its own, whose lines name the request. */
export function logOptions(logger: FastifyBaseLogger) {
  return {
    loggerInstance: logger,
    // Not taken from a header: a client could make its requests look like somebody else's.
    genReqId: () => randomUUID(),
    // Fastify's own lines contain the query, and have none for a client that left early.
    logController: new LogController({ disableRequestLogging: true }),
  };
}

/**
 * One line per request: no query, no headers and no body, so nothing secret can be in it.
 * @param whoIs the ids of the user and the session, as far as they are known by then
 */
export function requestLog(logger: Logger, whoIs: (request: FastifyRequest) => object): onRequestHookHandler {
  const lines = logger.child({}, { redact: [] }); // looking for secrets is slow, and here are none
  return (request, reply, next) => {
    const { id: reqId, method, originalUrl, ip } = request;
    reply.raw.once('close', () => {
      const path = originalUrl.split('?', 1)[0];
      const ms = Math.round(reply.elapsedTime);
      lines.info({ reqId, method, path, ip, status: statusOf(reply.raw), ms, ...whoIs(request) }, 'request');
    });
    next();
  };
}

/** Where the client did not wait for its answer, a status that no server sends. */
function statusOf({ statusCode, writableFinished }: ServerResponse): number {
  return writableFinished ? statusCode : 499;
}
