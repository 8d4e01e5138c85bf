/** The app: what happens to a request, top to bottom. No I/O of its own; everything it needs is handed in. */
import type { RequestListener } from 'node:http';
import fastifyHelmet from '@fastify/helmet';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { AppConfig } from './config.ts';
import { errorHandler } from './errors.ts';
import { Problem } from './problems.ts';
import { refuseCrossSite } from './protection/cross-site.ts';
import { EXTRA_HEADERS, helmetOptions, NO_STORE } from './protection/headers.ts';
import { refuseOtherBodies } from './protection/json-only.ts';
import { type Buckets, createThrottle } from './protection/login-throttle.ts';
import { requireHttps } from './protection/plain-http.ts';
import { requestLog } from './request-log.ts';
import { accountRoutes } from './routes/account.ts';
import { authRoutes } from './routes/auth.ts';
import { cartRoutes } from './routes/cart.ts';
import { cspReportRoutes } from './routes/csp-reports.ts';
import { healthRoutes } from './routes/health.ts';
import { pageRoutes } from './routes/pages.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { MAX_BODY_BYTES } from './security-policy.ts';
import { createGuards } from './session/guards.ts';
import { createLifecycle } from './session/lifecycle.ts';
import { useSessions } from './session/middleware.ts';
import { type SessionRecords, SessionStore } from './session/store.ts';
import { createAccounts } from './users/accounts.ts';
import type { User, Users } from './users/user.ts';

export interface AppDependencies {
  config: AppConfig;
  records: SessionRecords;
  users: Users;
  buckets: Buckets;
  /** Resolves when the engine answers. */
  ping: () => Promise<void>;
  /** The app's clock: milliseconds since 1970. */
  now: () => number;
  log: FastifyBaseLogger;
}

/** A path that no route has. */
const NOWHERE = '/nowhere';

export async function createApp(dependencies: AppDependencies): Promise<RequestListener> {
  const { config, records, users, buckets, ping, now, log } = dependencies;
  const store = new SessionStore(records, now, log);
  const throttle = createThrottle(buckets, now, log);
  const accounts = createAccounts(users, throttle, log);
  const guards = createGuards<User>(store, users.findById, now, log);
  const lifecycle = createLifecycle(store, now, log);
  const services = { accounts, users, guards, lifecycle, store, throttle };

  const app = fastify({
    trustProxy: config.trustProxy, // whose X-Forwarded-For is believed, read from the right
    bodyLimit: MAX_BODY_BYTES,
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }), // its lines hold the query: request-log.ts
    // A path that cannot be decoded, such as `/%`: Fastify would answer it past all hooks, without headers and log.
    frameworkErrors: (_error, { raw }, reply) => {
      app.routing(Object.assign(raw, { originalUrl: raw.url, url: NOWHERE }), reply.raw);
    },
  });
  app.setErrorHandler(errorHandler(log));
  app.setNotFoundHandler(() => {
    throw new Problem('not_found');
  });

  app.addHook('onRequest', requestLog(now)); // first, so that refusals are logged too
  await app.register(fastifyHelmet, helmetOptions(config));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(EXTRA_HEADERS);
    requireHttps(request.raw, config.trustProxy); // before anything reads a cookie or a password
    refuseCrossSite(request.raw, config.origins); // before any route and any body
  });
  app.register(healthRoutes, { ping }); // no session: a probe must not cost the engine more than a ping
  app.register(cspReportRoutes, { log, now }); // browsers send reports without cookies
  app.register(
    async (api) => {
      api.addHook('onRequest', async (request, reply) => {
        reply.headers(NO_STORE);
        refuseOtherBodies(request.raw);
      });
      const parseJson = api.getDefaultJsonParser('remove', 'remove'); // as any other key that nobody asked for
      api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
        if (body) parseJson(request, body, done);
        else done(null); // a logout or deletion that names a type and sends nothing
      });
      await useSessions(api, store, config.secrets);
      api.decorateRequest('user', null);
      api.addHook('preHandler', async (request) => {
        request.user = await guards.currentUser(request); // after the body, so as fresh as can be
      });
      api.register(authRoutes, services);
      api.register(cartRoutes, services);
      api.register(sessionRoutes, services);
      api.register(accountRoutes, services);
    },
    { prefix: '/api' },
  );
  app.register(pageRoutes, { directory: config.publicDirectory }); // apart from /api, which never waits for the disk
  await app.ready();
  return (request, response) => app.routing(request, response);
}
