/** The app: what happens to a request, top to bottom. No I/O of its own; everything it needs is handed in. */
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { AppConfig } from './config.ts';
import { errorHandler } from './errors.ts';
import type { Log } from './log.ts';
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
import { sessionMiddleware } from './session/middleware.ts';
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
  log: Log;
}

export function createApp({ config, records, users, buckets, ping, now, log }: AppDependencies): Express {
  const store = new SessionStore(records, now, log);
  const throttle = createThrottle(buckets, now, log);
  const accounts = createAccounts(users, throttle, log);
  const guards = createGuards<User>(store, users.findById, now, log);
  const lifecycle = createLifecycle(store, now, log);
  const services = { accounts, users, guards, lifecycle, store, throttle };

  const app = express();
  app.disable('x-powered-by'); // tells an attacker nothing about what to try
  app.disable('etag'); // nobody may keep an answer, so there is nothing to compare
  app.set('trust proxy', config.trustProxy); // whose X-Forwarded-For is believed, read from the right

  app.use(requestLog(log, now)); // first, so that refusals are logged too
  app.use(helmet(helmetOptions(config)), (_request, response, next) => {
    response.set(EXTRA_HEADERS);
    next();
  });
  app.use((request, _response, next) => {
    requireHttps(request, config.trustProxy); // before anything reads a cookie or a password
    refuseCrossSite(request, config.origins); // before any route and any body
    next();
  });
  app.use(healthRoutes(ping)); // no session: a probe must not cost the engine more than a ping
  app.use(cspReportRoutes(log, now)); // browsers send reports without cookies
  app.use(
    '/api',
    (request, response, next) => {
      response.set(NO_STORE);
      refuseOtherBodies(request);
      next();
    },
    express.json({ limit: MAX_BODY_BYTES }), // before the session is read, which then is as fresh as can be
    sessionMiddleware(store, config.secrets),
    async (request, _response, next) => {
      request.user = await guards.currentUser(request);
      next();
    },
    authRoutes(services),
    cartRoutes(services),
    sessionRoutes(services),
    accountRoutes(services),
  );
  app.use(pageRoutes(config.publicDirectory)); // behind /api, which so never waits for a look at the disk
  app.use(() => {
    throw new Problem('not_found');
  });
  app.use(errorHandler(log));
  return app;
}
