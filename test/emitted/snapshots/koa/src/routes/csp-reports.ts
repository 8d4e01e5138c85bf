/** Where browsers report what the content security policy stopped, in the old format and the new one. */
import { Router } from '@koa/router';
import { jsonBody } from '../json-body.ts';
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { CSP_REPORT_PATH } from '../protection/headers.ts';
import { createReportIntake, REPORT_TYPES } from '../protection/report-intake.ts';

export function cspReportRoutes(log: Log, now: () => number): Router {
  const intake = createReportIntake(log, now);
  return new Router().post(
    CSP_REPORT_PATH,
    (ctx, next) => {
      intake.admit();
      if (!ctx.is(REPORT_TYPES)) throw new Problem('unsupported_media_type');
      return next();
    },
    jsonBody(REPORT_TYPES),
    (ctx) => {
      intake.note(ctx.request.body);
      ctx.status = 204;
    },
  );
}
