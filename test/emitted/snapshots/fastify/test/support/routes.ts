/** Every route of the app, as Fastify announces them while they are registered. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
}

/** Fastify publishes each new instance here. */
const CHANNEL = 'fastify.initialization';

/** The static files of the pages: one route for all of them. */
const PAGES = '/*';

/** Starts an app and lists what it answers. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<App extends { listener: RequestListener }>(start: () => Promise<App>) {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      if (url === PAGES) return;
      for (const name of [method].flat().filter((name) => name !== 'HEAD')) {
        routes.push({ method: name, path: url.replace(/:\w+/g, 'x') });
      }
    });
  };
  subscribe(CHANNEL, listen);
  try {
    return { app: await start(), routes };
  } finally {
    unsubscribe(CHANNEL, listen);
  }
}
