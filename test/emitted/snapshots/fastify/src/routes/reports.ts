/** Where do browsers report what the content security policy stopped? */
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors.ts';
import { CSP_REPORT_PATH, CSP_REPORT_TYPES, createReportIntake, NO_STORE } from '../protection/headers.ts';
import type { Services } from '../services.ts';

export async function reportRoutes(routes: FastifyInstance, { log, now }: Services): Promise<void> {
  const intake = createReportIntake(log, now);
  routes.addHook('onRequest', async ({ mediaType = '' }) => {
    intake.admit();
    if (!CSP_REPORT_TYPES.includes(mediaType)) throw new ApiError('unsupported_media_type');
  });
  routes.addContentTypeParser(CSP_REPORT_TYPES, { parseAs: 'string' }, routes.getDefaultJsonParser('ignore', 'ignore'));
  routes.post(CSP_REPORT_PATH, async (request, reply) => {
    intake.logReport(request.body);
    return reply.headers(NO_STORE).code(204).send();
  });
}
