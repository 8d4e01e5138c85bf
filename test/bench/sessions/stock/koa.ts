import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Router } from '@koa/router';
import body from 'co-body';
import type { Store } from 'express-session';
import Koa from 'koa';
import helmet from 'koa-helmet';
import type { Stock } from './project.ts';

/** Koa as its documentation has it: koa-session over a published store, which needs promises instead of callbacks. */
export async function koaApp(store: Store, stock: Stock, packages: string): Promise<RequestListener> {
  const { headers, cookie, cookieName, secret } = stock;
  const { default: session } = createRequire(join(packages, 'package.json'))('koa-session');
  const app = new Koa();
  app.keys = [secret];
  app.use(stock.requestLog(stock.log, () => ({})));
  app.use(helmet(headers.helmetOptions({ production: false })));
  app.use((ctx, next) => {
    ctx.set({ ...headers.EXTRA_HEADERS, ...headers.NO_STORE });
    return next();
  });
  app.use(unused(['/livez', '/readyz']).routes());
  app.use(unused(['/csp-reports']).routes());
  const get = promisify(store.get.bind(store));
  const set = promisify(store.set.bind(store));
  const destroy = promisify(store.destroy.bind(store));
  // koa-session hands over more than they take.
  const only = {
    get: (id: string) => get(id),
    set: withCookie(set),
    destroy: (id: string) => destroy(id),
  };
  app.use(session({ key: cookieName, ...cookie, store: only }, app));

  const routes = new Router({ prefix: '/api' });
  routes.use(unused(['/auth/login', '/auth/logout', '/auth/password', '/cart']).routes());
  routes.post('/auth/register', async (ctx) => {
    const { email } = await body.json(ctx.req);
    ctx.session = { content: await stock.signIn(email) } as never;
    ctx.status = 201;
    ctx.body = {};
  });
  routes.get('/session', async (ctx) => {
    ctx.body = await stock.status((ctx.session as { content?: never } | null)?.content);
  });
  app.use(routes.routes());
  return app.callback();
}

/** Routes of the project that nobody asks for here, but that a request is held against. */
function unused(paths: readonly string[]): Router {
  const routes = new Router();
  for (const path of paths) {
    routes.all(path, (ctx) => {
      ctx.status = 501;
    });
  }
  return routes;
}

/** The published stores take from the cookie how long to keep a session; koa-session hands that over apart. */
const withCookie =
  (set: (id: string, session: never) => Promise<unknown>) => (id: string, session: object, maxAge: number) =>
    set(id, { ...session, cookie: { maxAge, originalMaxAge: maxAge } } as never);
