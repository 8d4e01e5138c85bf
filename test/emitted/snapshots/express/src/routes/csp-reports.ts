/** Where browsers report what the content security policy stopped, in the old format and the new one. */
import express, { Router } from 'express';
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { CSP_REPORT_PATH } from '../protection/headers.ts';
import { createReportIntake, REPORT_TYPES } from '../protection/report-intake.ts';
import { MAX_BODY_BYTES } from '../security-policy.ts';

export function cspReportRoutes(log: Log, now: () => number): Router {
  const intake = createReportIntake(log, now);
  const readReport = express.json({ limit: MAX_BODY_BYTES, type: REPORT_TYPES });
  return Router().post(
    CSP_REPORT_PATH,
    (request, _response, next) => {
      intake.admit();
      if (!request.is(REPORT_TYPES)) throw new Problem('unsupported_media_type');
      next();
    },
    readReport,
    (request, response) => {
      intake.note(request.body);
      response.status(204).end();
    },
  );
}
