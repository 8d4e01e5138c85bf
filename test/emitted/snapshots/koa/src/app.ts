/** The app: what happens to a request, top to bottom. No I/O of its own; everything it needs is handed in. */
import type { RequestListener } from 'node:http';
import { Router } from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { clientAddress } from './client-address.ts';
import type { AppConfig } from './config.ts';
import { errorHandler } from './errors.ts';
import { jsonBody } from './json-body.ts';
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

export function createApp({ config, records, users, buckets, ping, now, log }: AppDependencies): RequestListener {
  const store = new SessionStore(records, now, log);
  const throttle = createThrottle(buckets, now, log);
  const accounts = createAccounts(users, throttle, log);
  const guards = createGuards<User>(store, users.findById, now, log);
  const lifecycle = createLifecycle(store, now, log);
  const services = { accounts, users, guards, lifecycle, store, throttle };

  const app = new Koa();
  app.on('error', (err) => log.warn({ err }, 'an answer was cut off')); // all others end in errorHandler

  app.use((ctx, next) => {
    ctx.request.ip = clientAddress(ctx.req, config.trustProxy); // `proxy: true` would believe whatever a client sends
    return next();
  });
  app.use(requestLog(log, now)); // before anything can refuse, so that refusals are logged too
  app.use(errorHandler(log));
  app.use(helmet(helmetOptions(config)));
  app.use((ctx, next) => {
    ctx.set(EXTRA_HEADERS);
    requireHttps(ctx.req, config.trustProxy); // before anything reads a cookie or a password
    refuseCrossSite(ctx.req, config.origins); // before any route and any body
    return next();
  });
  app.use(healthRoutes(ping).routes()); // no session: a probe must not cost the engine more than a ping
  app.use(cspReportRoutes(log, now).routes()); // browsers send reports without cookies

  const api = new Router({ prefix: '/api' });
  api.use(
    (ctx, next) => {
      ctx.set(NO_STORE);
      refuseOtherBodies(ctx.req);
      return next();
    },
    jsonBody(), // before the session is read, which then is as fresh as can be
    sessionMiddleware(store, config.secrets),
    async (ctx, next) => {
      ctx.state.user = await guards.currentUser(ctx);
      await next();
    },
  );
  for (const routes of [authRoutes, cartRoutes, sessionRoutes, accountRoutes]) api.use(routes(services).routes());
  app.use(api.routes());
  const notFound = () => new Problem('not_found');
  app.use(api.allowedMethods({ throw: true, methodNotAllowed: notFound, notImplemented: notFound })); // answers OPTIONS
  app.use(pageRoutes(config.publicDirectory)); // behind /api, which so never waits for a look at the disk
  return app.callback();
}
