/** What happens to a request, top to bottom? Each line has its reason. */
import type { RequestListener, ServerResponse } from 'node:http';
import { Router, type RouterContext } from '@koa/router';
import { send } from '@koa/send';
import Koa, { type Context, HttpError, type Middleware } from 'koa';
import helmet from 'koa-helmet';
import proxyAddr from 'proxy-addr';
import type { AppConfig } from './config.ts';
import { ApiError, errorPage, toApiError } from './errors.ts';
import { requestLog } from './log.ts';
import type { Next } from './middleware.ts';
import { readJson, readText, refuseCrossSite } from './protection/cross-site.ts';
import { CSP_REPORTS, createReportIntake, EXTRA_HEADERS, helmetOptions, NO_STORE } from './protection/headers.ts';
import { requireHttps } from './protection/https.ts';
import { createDevices } from './protection/throttle.ts';
import { accountRoutes, signInRoutes } from './routes/auth.ts';
import { cartRoutes } from './routes/cart.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { Services } from './services.ts';
import { sessionMiddleware, whoIs } from './session/http.ts';

/** `/API/session` does not exist, nor does `/api/session/`. */
const EXACT = { sensitive: true, strict: true };

export function createApp(config: AppConfig, services: Services): RequestListener {
  const app = new Koa();
  app.on('error', (err) => services.log.warn({ err }, 'an answer was cut off')); // all others end in errorHandler

  app.use((ctx: Context, next: Next) => {
    // Whose X-Forwarded-For is believed, read from the right; Koa's own `proxy: true` would believe any client.
    ctx.request.ip = proxyAddr(ctx.req, config.trustProxy);
    return next();
  });
  app.use(requestLog(services.log, whoIs)); // before the rules, so that refused requests are logged too
  app.use(errorHandler(config, services));
  app.use(helmet(helmetOptions(config)));
  app.use(rule((ctx) => ctx.set(EXTRA_HEADERS)));
  const health = new Router(EXACT);
  healthRoutes(health, services);
  app.use(health.routes()); // before the rules: probes ask in plain HTTP and from anywhere
  app.use(rule(({ req }) => requireHttps(req, config.trustProxy))); // before anything reads a cookie or a password
  const reports = new Router(EXACT);
  reportRoutes(reports, services);
  app.use(reports.routes()); // reads no cookie and changes nothing; browsers may send it without Origin
  app.use(rule(({ req }) => refuseCrossSite(req, config.origins, services.log))); // before any route and any body
  app.use(pageRoutes(config.publicDirectory)); // leaves /api alone, which so never waits for the disk
  app.use((ctx: Context, next: Next) => {
    if (ctx.path !== '/api' && !ctx.path.startsWith('/api/')) throw new ApiError('not_found');
    return next();
  });
  api(app, config, services); // what is left is under /api
  app.use(() => {
    throw new ApiError('not_found');
  });
  return app.callback();
}

/** As middleware of the app, not of a router: a router's own runs only where a route matches. */
function api(app: Koa, config: AppConfig, services: Services): void {
  const { lifecycle, store } = services;
  const signIn = { ...services, devices: createDevices(config.secrets, services.users.findByEmail) };
  const requireLogin: Middleware = async (ctx: Context, next: Next) => {
    await lifecycle.requireLogin(ctx, ctx.currentUser);
    return next();
  };
  app.use(rule((ctx) => ctx.set(NO_STORE)));
  app.use(async (ctx: Context, next: Next) => {
    ctx.request.body = await readJson(ctx.req); // before the session is read, which then is as fresh as can be
    return next();
  });
  app.use(sessionMiddleware(store, config.secrets));
  app.use(async (ctx: Context, next: Next) => {
    ctx.currentUser = await lifecycle.findUser(ctx);
    return next();
  });

  // Public: anybody may call these.
  const open = new Router({ prefix: '/api', ...EXACT });
  signInRoutes(open, signIn);
  cartRoutes(open, services);
  app.use(open.routes());

  // Members: everything below needs a signed-in user. New routes go here.
  app.use(requireLogin);
  const members = new Router({ prefix: '/api', ...EXACT });
  accountRoutes(members, signIn);
  sessionRoutes(members, services);
  app.use(members.routes());
}

/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
function healthRoutes(routes: Router, { database }: Services): void {
  routes.get('/livez', (ctx: RouterContext) => {
    ctx.set(NO_STORE);
    ctx.body = { status: 'ok' };
  });
  routes.get('/readyz', async (ctx: RouterContext) => {
    await database.ping();
    ctx.set(NO_STORE);
    ctx.body = { status: 'ok' };
  });
}

/** Where browsers report what the content security policy stopped. */
function reportRoutes(routes: Router, { log, now }: Services): void {
  const intake = createReportIntake(log, now);
  routes.post(CSP_REPORTS.path, async (ctx: RouterContext) => {
    intake.admit(ctx.headers['content-type']);
    const report: string = await readText(ctx.req);
    intake.logReport(report);
    ctx.set(NO_STORE);
    ctx.status = 204;
  });
}

/**
 * Static pages without anybody's data: what they show comes from the JSON API.
 * @param directory where the files are; nothing outside it is served, and nothing that begins with a dot
 */
function pageRoutes(directory: string): Middleware {
  const setHeaders = (response: ServerResponse) => response.setHeader('Cache-Control', 'public, max-age=0');
  const files = { index: 'index.html', extensions: ['html'], gzip: false, brotli: false };
  const options = { root: directory, ...files, setHeaders };
  return async (ctx: Context, next: Next) => {
    if (!['GET', 'HEAD'].includes(ctx.method) || ctx.path.startsWith('/api/')) return next();
    const file: string | undefined = await send(ctx, ctx.path, options).catch(noFile);
    if (!file) return next();
    if (ctx.fresh) ctx.status = 304;
  };
}

/** There is no such file, or the path leads out of the directory. */
function noFile(error: unknown): undefined {
  if (!(error instanceof HttpError) || error.status >= 500) throw error;
}

/** The last stop of every error: details to the log, a code to the client. */
function errorHandler({ publicDirectory }: AppConfig, { log }: Services): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next();
    } catch (error) {
      const apiError = toApiError(error, log);
      ctx.status = apiError.status;
      ctx.set({ ...NO_STORE, ...apiError.headers });
      const page = await errorPage(ctx.req, apiError.status, publicDirectory);
      if (page) ctx.type = 'html';
      ctx.body = page ?? apiError.body;
    }
  };
}

/** Lets a request pass unless the check throws. */
function rule(check: (ctx: Context) => unknown): Middleware {
  return (ctx: Context, next: Next) => {
    check(ctx);
    return next();
  };
}
