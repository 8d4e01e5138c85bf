/** What do tests know of Koa? How the session cookie is signed, and which routes the app has. */
import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Router } from '@koa/router';
import Koa, { type Middleware } from 'koa';
import { vi } from 'vitest';

/** The value of a session cookie, as somebody who knows the secret would make it. */
export function signedCookie(id: string, secret: string): string {
  return `${id}.${createHmac('sha256', secret).update(id).digest('base64url')}`;
}

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
  /** Stands before requireLogin: outside /api, or in its public block. */
  isPublic: boolean;
}

/** Starts an app and lists its routes, as the app hands them to Koa. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<T extends { listener: RequestListener }>(start: () => Promise<T>) {
  const use = vi.spyOn(Koa.prototype, 'use');
  try {
    const app = await start();
    const pipeline: (Middleware & { router?: unknown })[] = use.mock.calls.map(([middleware]) => middleware);
    const guard = pipeline.findIndex(({ name }) => name === 'requireLogin');
    const routes = pipeline.flatMap(({ router }, index) =>
      router instanceof Router ? routesOf(router, index < guard) : [],
    );
    return { app, routes };
  } finally {
    use.mockRestore();
  }
}

/** A router holds the routes of those mounted on it too, under their whole path. */
function routesOf({ stack }: Router, isPublic: boolean): Route[] {
  return stack.flatMap(({ path, methods }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path: String(path).replace(/:\w+/g, 'x'), isPublic })),
  );
}
