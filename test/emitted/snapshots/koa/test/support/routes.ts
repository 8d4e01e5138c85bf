/** Every route of the app: those of each router that it uses. */
import type { RequestListener } from 'node:http';
import { Router } from '@koa/router';
import Koa from 'koa';
import { vi } from 'vitest';

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
}

/** Starts an app and lists what it answers. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<App extends { listener: RequestListener }>(start: () => Promise<App>) {
  const use = vi.spyOn(Koa.prototype, 'use');
  try {
    const app = await start();
    const routers = use.mock.calls.map(([middleware]) => (middleware as { router?: Router }).router);
    return { app, routes: routers.filter((router) => router instanceof Router).flatMap(routesOf) };
  } finally {
    use.mockRestore();
  }
}

/** A router holds the routes of those mounted on it too, under their whole path. */
function routesOf({ stack }: Router): Route[] {
  return stack.flatMap(({ path, methods }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path: String(path).replace(/:\w+/g, 'x') })),
  );
}
