/** What went wrong, as a client is told it. Fails closed: what is not known is a 500 without details. */

import { EngineUnavailable } from './deadline.ts';
import type { Log } from './log.ts';
import { Problem } from './problems.ts';
import { SessionEnded } from './session/store.ts';

/** The problem to answer with. What only the operators may know goes to the log. */
export function toProblem(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SessionEnded) return new Problem('unauthenticated');
  if (error instanceof EngineUnavailable) {
    log.error({ event: 'sys_engine_unavailable', call: error.call, err: error.cause }, error.message);
    return new Problem('unavailable');
  }
  log.error({ event: 'sys_error', err: error }, 'a request failed');
  return new Problem('internal');
}
