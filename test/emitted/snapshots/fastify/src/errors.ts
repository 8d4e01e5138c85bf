/** The last stop of every error: details to the log, a code to the client. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './failures.ts';
import type { Log } from './log.ts';
import { Problem, type ProblemCode } from './problems.ts';
import { NO_STORE } from './protection/headers.ts';
import { dropSession } from './session/rotation.ts';

/** What Fastify and its body parser throw, by status. */
const FRAMEWORK_PROBLEMS: Record<number, ProblemCode> = {
  400: 'invalid_json',
  413: 'too_large',
  415: 'unsupported_media_type',
};

export function errorHandler(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const code = FRAMEWORK_PROBLEMS[error.statusCode ?? 0];
    const problem = code ? new Problem(code) : toProblem(error, log);
    // Or @fastify/session would try once more to save what just failed, and might send its cookie with the error.
    dropSession(request);
    return reply.code(problem.status).headers(NO_STORE).headers(problem.headers).send(problem.body);
  };
}
