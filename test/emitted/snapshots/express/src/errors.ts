/** The last stop of every error: details to the log, a code to the client. */
import type { ErrorRequestHandler } from 'express';
import { toProblem } from './failures.ts';
import type { Log } from './log.ts';
import { Problem, type ProblemCode } from './problems.ts';
import { NO_STORE } from './protection/headers.ts';

/** What Express and its body parser throw, by their `type` or status. */
const FRAMEWORK_PROBLEMS: Record<string, ProblemCode> = {
  'entity.parse.failed': 'invalid_json',
  'entity.too.large': 'too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
  'request.aborted': 'invalid_json',
  'request.size.invalid': 'invalid_json',
};

export function errorHandler(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    const problem = fromFramework(error) ?? toProblem(error, log);
    // A store that fails while express-session answers comes here too late to say so.
    if (response.headersSent) return next(error);
    response.status(problem.status).set(NO_STORE).set(problem.headers).json(problem.body);
  };
}

function fromFramework(error: { type?: string; status?: number } | undefined): Problem | null {
  if (error instanceof Problem) return null;
  const code = FRAMEWORK_PROBLEMS[error?.type ?? ''];
  if (code) return new Problem(code);
  // A path that cannot be decoded, a part of a file that is not there: express.static says so by the status.
  const { status = 500 } = error ?? {};
  return status >= 400 && status < 500 ? new Problem('not_found') : null;
}
