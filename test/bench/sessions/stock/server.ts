import { createServer } from 'node:https';
import { stockDatabase } from './database.ts';
import { expressApp } from './express.ts';
import { fastifyApp } from './fastify.ts';
import { koaApp } from './koa.ts';
import { partsOf } from './project.ts';

const APPS = { express: expressApp, fastify: fastifyApp, koa: koaApp };

const [framework, database, url, project, packages, port] = process.argv.slice(2) as [
  keyof typeof APPS,
  string,
  string,
  string,
  string,
  string,
];
const { store, db } = await stockDatabase(database, url, packages);
const stock = await partsOf(project, db);
const { TLS_OPTIONS } = await stock.load('protection/https.js');
const app = await APPS[framework](store, stock, packages);
createServer({ ...TLS_OPTIONS, ...stock.tls }, app).listen(Number(port), '127.0.0.1', () =>
  stock.log.info({ event: 'sys_startup' }, 'listening'),
);
process.once('SIGTERM', () => process.exit(0));
