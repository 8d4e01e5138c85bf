/** What do tests know of Fastify? How it signs the session cookie, and which routes the app has. */
import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

/** The value of a session cookie, as somebody who knows the secret would make it. */
export function signedCookie(id: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`${id}.${signature}`);
}

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
  /** Not below /api, or there without requireLogin. */
  isPublic: boolean;
}

/** Fastify publishes each new instance here. */
const CHANNEL = 'fastify.initialization';

/** What answers for every other path: the files of the pages, and `not_found` under /api. */
const CATCH_ALL = ['/*', '/api/*', '/api/', '/api'];

/** Starts an app and lists its routes. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<T>(start: () => Promise<T>): Promise<{ app: T; routes: Route[] }> {
  const guarded: object[] = [];
  const found: { method: string; url: string; instance: object }[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook = new Proxy(fastify.addHook, {
      apply(addHook, instance: FastifyInstance, [name, hook]) {
        if (hook.name === 'requireLogin') guarded.push(instance);
        return Reflect.apply(addHook, instance, [name, hook]);
      },
    });
    fastify.addHook('onRoute', function ({ method, url }) {
      for (const name of [method].flat()) found.push({ method: name, url, instance: this });
    });
  };
  subscribe(CHANNEL, listen);
  try {
    const app = await start();
    // A plugin's instance has the one it was registered in as its prototype.
    const isGuarded = (instance: object) =>
      guarded.some((guard) => guard === instance || Object.prototype.isPrototypeOf.call(guard, instance));
    const routes: Route[] = found
      .filter(({ method, url }) => method !== 'HEAD' && !CATCH_ALL.includes(url))
      .map(({ method, url, instance }) => ({
        method,
        path: url.replace(/:\w+/g, 'x'),
        isPublic: !isGuarded(instance),
      }));
    return { app, routes };
  } finally {
    unsubscribe(CHANNEL, listen);
  }
}
