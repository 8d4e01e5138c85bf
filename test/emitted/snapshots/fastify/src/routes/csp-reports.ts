/** Where browsers report what the content security policy stopped, in the old format and the new one. */
import type { FastifyPluginAsync } from 'fastify';
import type { Log } from '../log.ts';
import { Problem } from '../problems.ts';
import { CSP_REPORT_PATH } from '../protection/headers.ts';
import { createReportIntake, REPORT_TYPES } from '../protection/report-intake.ts';

export const cspReportRoutes: FastifyPluginAsync<{ log: Log; now: () => number }> = async (routes, { log, now }) => {
  const intake = createReportIntake(log, now);
  routes.addContentTypeParser(REPORT_TYPES, { parseAs: 'string' }, routes.getDefaultJsonParser('remove', 'remove'));
  routes.addHook('onRequest', async ({ mediaType = '' }) => {
    intake.admit();
    if (!REPORT_TYPES.includes(mediaType)) throw new Problem('unsupported_media_type');
  });
  routes.post(CSP_REPORT_PATH, async (request, reply) => {
    intake.note(request.body);
    return reply.code(204).send();
  });
};
