/** Where do browsers report what the content security policy stopped? */
import type { Router, RouterContext } from '@koa/router';
import { jsonBody } from '../body.ts';
import { ApiError } from '../errors.ts';
import type { Next } from '../middleware.ts';
import { CSP_REPORT_PATH, CSP_REPORT_TYPES, createReportIntake, NO_STORE } from '../protection/headers.ts';
import type { Services } from '../services.ts';

export function reportRoutes(routes: Router, { log, now }: Services): void {
  const intake = createReportIntake(log, now);
  routes.post(
    CSP_REPORT_PATH,
    (ctx: RouterContext, next: Next) => {
      intake.admit();
      if (!ctx.is(CSP_REPORT_TYPES)) throw new ApiError('unsupported_media_type');
      return next();
    },
    jsonBody(CSP_REPORT_TYPES),
    (ctx: RouterContext) => {
      intake.logReport(ctx.request.body);
      ctx.set(NO_STORE);
      ctx.status = 204;
    },
  );
}
