import type { RequestListener } from 'node:http';
import express, { Router } from 'express';
import session, { type Store } from 'express-session';
import helmet from 'helmet';
import type { Stock, StockSession } from './project.ts';

/** Express as its documentation has it: express-session with a published store. */
export async function expressApp(store: Store, stock: Stock): Promise<RequestListener> {
  const { headers, cookie, cookieName, secret } = stock;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(stock.requestLog(stock.log, () => ({})));
  app.use(helmet(headers.helmetOptions({ production: false })), (_request, response, next) => {
    response.set({ ...headers.EXTRA_HEADERS, ...headers.NO_STORE });
    next();
  });
  app.use(unused(['/livez', '/readyz']), unused(['/csp-reports']));
  app.use(
    '/api',
    express.json({ limit: stock.maxBodyBytes }),
    session({ name: cookieName, secret, store, cookie, resave: false, saveUninitialized: false }),
  );
  app.use('/api', signing(stock), unused(['/cart']), reading(stock));
  return app;
}

function signing(stock: Stock): Router {
  const routes = unused(['/auth/login', '/auth/logout', '/auth/reauthenticate', '/auth/password']);
  routes.post('/auth/register', async (request, response) => {
    (request.session as StockSession).content = await stock.signIn(request.body.email);
    response.status(201).json({});
  });
  return routes;
}

function reading(stock: Stock): Router {
  const routes = Router();
  routes.get('/session', async (request, response) => {
    response.json(await stock.status((request.session as StockSession).content));
  });
  return routes;
}

/** Routes of the project that nobody asks for here, but that a request is held against. */
function unused(paths: readonly string[]): Router {
  const routes = Router();
  for (const path of paths) routes.all(path, (_request, response) => void response.sendStatus(501));
  return routes;
}
