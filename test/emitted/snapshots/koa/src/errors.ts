/** The last stop of every error: details to the log, a code to the client. */
import type { Middleware } from 'koa';
import { toProblem } from './failures.ts';
import type { Log } from './log.ts';
import { Problem } from './problems.ts';
import { NO_STORE } from './protection/headers.ts';

export function errorHandler(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && !ctx.body) throw new Problem('not_found');
    } catch (error) {
      const problem = toProblem(error, log);
      ctx.status = problem.status;
      ctx.set({ ...NO_STORE, ...problem.headers });
      ctx.body = problem.body;
    }
  };
}
