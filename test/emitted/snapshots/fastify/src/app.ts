/** What happens to a request, top to bottom? Each line has its reason. */
import type { RequestListener } from 'node:http';
import fastifyStatic from '@fastify/static';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import helmet from 'helmet';
import type { AppConfig } from './config.ts';
import { ApiError, errorPage, toApiError } from './errors.ts';
import { logOptions, requestLog } from './log.ts';
import { type Json, readJson, readText, refuseCrossSite } from './protection/cross-site.ts';
import { CSP_REPORTS, createReportIntake, EXTRA_HEADERS, helmetOptions, NO_STORE } from './protection/headers.ts';
import { requireHttps } from './protection/https.ts';
import { createDevices } from './protection/throttle.ts';
import { accountRoutes, signInRoutes } from './routes/auth.ts';
import { cartRoutes } from './routes/cart.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { Services } from './services.ts';
import { useSessions, whoIs } from './session/http.ts';

export async function createApp(config: AppConfig, services: Services): Promise<RequestListener> {
  const app = fastify({
    ...logOptions(services.log),
    trustProxy: config.trustProxy, // whose X-Forwarded-For is believed, read from the right
    routerOptions: { maxParamLength: Number.MAX_SAFE_INTEGER }, // no 414 is sent past everything below
  });
  parseNothing(app);
  app.setErrorHandler(errorHandler(config, services));

  app.addHook('onRequest', requestLog(services.log, whoIs)); // first, so that refused requests are logged too
  const setHelmetHeaders = helmet(helmetOptions(config));
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers(EXTRA_HEADERS);
    setHelmetHeaders(request.raw, reply.raw, (error) => next(error as Error | undefined));
  });
  app.register(healthRoutes, services); // before the rules: probes ask in plain HTTP and from anywhere
  app.register(async (overHttps) => {
    overHttps.addHook('onRequest', async ({ raw }) => {
      requireHttps(raw, config.trustProxy); // before anything reads a cookie or a password
    });
    overHttps.register(reportRoutes, services); // reads no cookie and changes nothing; may be sent without Origin
    overHttps.register(async (sameSite) => {
      sameSite.addHook('onRequest', async ({ raw }) => {
        refuseCrossSite(raw, config.origins, services.log); // before any route and any body
      });
      sameSite.register(api(config, services), { prefix: '/api' });
      sameSite.addHook('onSend', async (_request, reply) => {
        const isScript = String(reply.getHeader('content-type')).startsWith('application/javascript');
        if (isScript) reply.type('text/javascript; charset=utf-8'); // RFC 9239
      });
      const files = { extensions: ['html'], dotfiles: 'ignore' as const, acceptRanges: false, etag: false };
      sameSite.register(fastifyStatic, { root: config.publicDirectory, ...files }); // /api never waits for the disk
      sameSite.register(async (elsewhere) => {
        elsewhere.addHook('onRequest', notFound); // before a body is read
        elsewhere.setNotFoundHandler(notFound);
      });
    });
  });
  return app.ready().then(() => (request, response) => app.routing(request, response));
}

function api({ secrets }: AppConfig, services: Services): FastifyPluginAsync {
  const { lifecycle, store } = services;
  const signIn = { ...services, devices: createDevices(secrets, services.users.findByEmail) };
  async function requireLogin(request: FastifyRequest): Promise<void> {
    await lifecycle.requireLogin(request, request.currentUser);
  }
  return async (routes) => {
    routes.addHook('onRequest', async (_request, reply) => {
      reply.headers(NO_STORE);
    });
    routes.addHook('preValidation', async (request) => {
      const body: Json | undefined = await readJson(request.raw);
      request.body = body;
    });
    useSessions(routes, store, secrets); // after the body, so that the session is as fresh as can be
    routes.addHook('preHandler', async (request) => {
      request.currentUser = await lifecycle.findUser(request);
    });

    // Public: anybody may call these.
    routes.register(signInRoutes, signIn);
    routes.register(cartRoutes, services);

    // Members: everything below needs a signed-in user. New routes go here.
    routes.register(async (members) => {
      members.addHook('preHandler', requireLogin);
      members.register(accountRoutes, signIn);
      members.register(sessionRoutes, services);
      members.setNotFoundHandler(notFound); // after requireLogin: a visitor does not learn what exists
      for (const path of ['/', '/*']) members.get(path, notFound); // before the pages' `/*`
    });
  };
}

/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
async function healthRoutes(routes: FastifyInstance, { database }: Services): Promise<void> {
  routes.get('/livez', async (_request, reply) => reply.headers(NO_STORE).send({ status: 'ok' }));
  routes.get('/readyz', async (_request, reply) => {
    await database.ping();
    return reply.headers(NO_STORE).send({ status: 'ok' });
  });
}

/** Where browsers report what the content security policy stopped. */
async function reportRoutes(routes: FastifyInstance, { log, now }: Services): Promise<void> {
  const intake = createReportIntake(log, now);
  routes.post(CSP_REPORTS.path, async ({ headers, raw }, reply) => {
    intake.admit(headers['content-type']);
    const report: string = await readText(raw);
    intake.logReport(report);
    return reply.headers(NO_STORE).code(204).send();
  });
}

/** Leaves the body to readJson() and readText(). */
function parseNothing(routes: FastifyInstance): void {
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser('*', (_request, _body, done) => done(null));
}

async function notFound(): Promise<never> {
  throw new ApiError('not_found');
}

/** The last stop of every error: details to the log, a code to the client. */
function errorHandler({ publicDirectory }: AppConfig, { log }: Services) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const apiError = error instanceof ApiError ? error : (fromFramework(error) ?? toApiError(error, log));
    reply.code(apiError.status).headers(NO_STORE).headers(apiError.headers);
    const page = await errorPage(request.raw, apiError.status, publicDirectory);
    if (page) return reply.type('text/html; charset=utf-8').send(page);
    return reply.type('application/json; charset=utf-8').send(apiError.body);
  };
}

/** A type that is none, or a path out of the directory: Fastify and @fastify/static say so by the status. */
function fromFramework({ statusCode = 500 }: Partial<FastifyError>): ApiError | null {
  if (statusCode === 415) return new ApiError('unsupported_media_type');
  return statusCode < 500 ? new ApiError('not_found') : null;
}
