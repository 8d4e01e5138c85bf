/** The last stop of every error: details to the log, a code to the client. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './failures.ts';
import type { Log } from './log.ts';
import { Problem, type ProblemCode } from './problems.ts';
import { NO_STORE } from './protection/headers.ts';
import { dropSession } from './session/rotation.ts';

/** What Fastify and its body parser throw, by their `code`. */
const FRAMEWORK_PROBLEMS: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  ECONNRESET: 'invalid_json',
};

export function errorHandler(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const code = FRAMEWORK_PROBLEMS[error.code];
    const problem = code ? new Problem(code) : toProblem(error, log);
    // Or @fastify/session would try once more to save what just failed, and might send its cookie with the error.
    dropSession(request);
    return reply.code(problem.status).headers(NO_STORE).headers(problem.headers).send(problem.body);
  };
}
