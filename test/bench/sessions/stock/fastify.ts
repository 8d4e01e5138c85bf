import type { RequestListener } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifySession from '@fastify/session';
import type { Store } from 'express-session';
import fastify, { type FastifyServerOptions } from 'fastify';
import { isLean } from './database.ts';
import type { Stock, StockSession } from './project.ts';

/** Fastify as its documentation has it: @fastify/session with a published store. */
export async function fastifyApp(store: Store, stock: Stock): Promise<RequestListener> {
  const { headers, cookie, cookieName, secret } = stock;
  const logging: FastifyServerOptions = stock.logOptions(stock.log);
  const app = fastify(logging);
  app.addHook(
    'onRequest',
    stock.requestLog(stock.log, () => ({})),
  );
  await app.register(fastifyHelmet, headers.helmetOptions({ production: false }));
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ ...headers.EXTRA_HEADERS, ...headers.NO_STORE });
  });
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    cookieName,
    secret,
    cookie,
    store: store as unknown as fastifySession.SessionStore,
    saveUninitialized: false,
    rolling: !isLean,
  });
  app.post<{ Body: { email: string } }>('/api/auth/register', async (request, reply) => {
    (request.session as StockSession).content = await stock.signIn(request.body.email);
    return reply.code(201).send({});
  });
  app.get('/api/session', async (request) => stock.status((request.session as StockSession).content));
  await app.ready();
  return (request, response) => app.routing(request, response);
}
