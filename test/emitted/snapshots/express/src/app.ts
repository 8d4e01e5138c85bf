/** What happens to a request, top to bottom? Each line has its reason. */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import helmet from 'helmet';
import type { AppConfig } from './config.ts';
import { ApiError, errorPage, toApiError } from './errors.ts';
import { requestLog } from './log.ts';
import { type Json, readJson, readText, refuseCrossSite } from './protection/cross-site.ts';
import { CSP_REPORTS, createReportIntake, EXTRA_HEADERS, helmetOptions, NO_STORE } from './protection/headers.ts';
import { requireHttps } from './protection/https.ts';
import { createDevices } from './protection/throttle.ts';
import { accountRoutes, signInRoutes } from './routes/auth.ts';
import { cartRoutes } from './routes/cart.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { Services } from './services.ts';
import { sessionMiddleware, whoIs } from './session/http.ts';

export function createApp(config: AppConfig, services: Services) {
  const app = express();
  app.disable('x-powered-by'); // tells an attacker what to try
  app.disable('etag'); // nobody may keep an answer, so there is nothing to compare
  app.enable('case sensitive routing'); // `/API/session` does not exist, nor does `/api/session/`
  app.enable('strict routing');
  app.set('trust proxy', config.trustProxy); // whose X-Forwarded-For is believed, read from the right

  app.use(requestLog(services.log, whoIs)); // first, so that refused requests are logged too
  app.use(helmet(helmetOptions(config)));
  app.use(rule((_request, response) => response.set(EXTRA_HEADERS)));
  healthRoutes(app, services); // before the rules: probes ask in plain HTTP and from anywhere
  app.use(rule((request) => requireHttps(request, config.trustProxy))); // before anything reads a cookie or a password
  reportRoutes(app, services); // reads no cookie and changes nothing; browsers may send it without Origin
  app.use(rule((request) => refuseCrossSite(request, config.origins, services.log))); // before any route and any body
  app.use('/api', api(config, services));
  const files = { extensions: ['html'], redirect: false, acceptRanges: false, etag: false };
  app.use(express.static(config.publicDirectory, { ...files, dotfiles: 'ignore' })); // after /api, which so never waits for the disk
  app.use(() => {
    throw new ApiError('not_found');
  });
  app.use(errorHandler(config, services));
  return app;
}

function api(config: AppConfig, services: Services): Router {
  const { lifecycle, store } = services;
  const signIn = { ...services, devices: createDevices(config.secrets, services.users.findByEmail) };
  const requireLogin: RequestHandler = async (request, _response, next) => {
    await lifecycle.requireLogin(request, request.currentUser);
    next();
  };
  const routes = Router({ caseSensitive: true, strict: true });
  routes.use(rule((_request, response) => response.set(NO_STORE)));
  routes.use(async (request, _response, next) => {
    const body: Json | undefined = await readJson(request);
    request.body = body; // before the session is read, which then is as fresh as can be
    next();
  });
  routes.use(sessionMiddleware(store, config.secrets));
  routes.use(async (request, _response, next) => {
    request.currentUser = await lifecycle.findUser(request);
    next();
  });

  // Public: anybody may call these.
  signInRoutes(routes, signIn);
  cartRoutes(routes, services);

  // Members: everything below needs a signed-in user. New routes go here.
  routes.use(requireLogin);
  accountRoutes(routes, signIn);
  sessionRoutes(routes, services);

  routes.use(() => {
    throw new ApiError('not_found'); // before Express answers OPTIONS by itself
  });
  return routes;
}

/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
function healthRoutes(routes: Router, { database }: Services): void {
  routes.get('/livez', (_request, response) => {
    response.set(NO_STORE).json({ status: 'ok' });
  });
  routes.get('/readyz', async (_request, response) => {
    await database.ping();
    response.set(NO_STORE).json({ status: 'ok' });
  });
}

/** Where browsers report what the content security policy stopped. */
function reportRoutes(routes: Router, { log, now }: Services): void {
  const intake = createReportIntake(log, now);
  routes.post(CSP_REPORTS.path, async (request, response) => {
    intake.admit(request.headers['content-type']);
    const report: string = await readText(request);
    intake.logReport(report);
    response.set(NO_STORE).status(204).end();
  });
}

/** Lets a request pass unless the check throws. */
function rule(check: (request: Request, response: Response) => unknown): RequestHandler {
  return (request, response, next) => {
    check(request, response);
    next();
  };
}

/** The last stop of every error: details to the log, a code to the client. */
function errorHandler({ publicDirectory }: AppConfig, { log }: Services): ErrorRequestHandler {
  return async (error, request, response, next) => {
    const apiError = fromFramework(error) ?? toApiError(error, log);
    // A store that fails while express-session answers is too late to say so.
    if (response.headersSent) return next(error);
    response.status(apiError.status).set(NO_STORE).set(apiError.headers);
    const page = await errorPage(request, apiError.status, publicDirectory);
    if (page) return void response.type('html').send(page);
    response.json(apiError.body);
  };
}

/** A part of a file that does not exist: express.static says so by the status. */
function fromFramework(error: { status?: number } | undefined): ApiError | null {
  const { status = 500 } = error ?? {};
  return !(error instanceof ApiError) && status < 500 ? new ApiError('not_found') : null;
}
