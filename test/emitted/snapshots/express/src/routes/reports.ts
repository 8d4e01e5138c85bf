/** Where do browsers report what the content security policy stopped? */
import express, { type Router } from 'express';
import { ApiError } from '../errors.ts';
import { CSP_REPORT_PATH, CSP_REPORT_TYPES, createReportIntake, NO_STORE } from '../protection/headers.ts';
import { MAX_BODY_BYTES } from '../security-policy.ts';
import type { Services } from '../services.ts';

export function reportRoutes(routes: Router, { log, now }: Services): void {
  const intake = createReportIntake(log, now);
  routes.post(
    CSP_REPORT_PATH,
    (request, _response, next) => {
      intake.admit();
      if (!request.is(CSP_REPORT_TYPES)) throw new ApiError('unsupported_media_type');
      next();
    },
    express.json({ limit: MAX_BODY_BYTES, type: CSP_REPORT_TYPES }),
    (request, response) => {
      intake.logReport(request.body);
      response.set(NO_STORE).status(204).end();
    },
  );
}
