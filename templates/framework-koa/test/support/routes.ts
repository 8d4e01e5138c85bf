/** Every route of the app, as the routers that it uses list them. */
import type { Router } from '@koa/router';
import Koa from 'koa';
import { vi } from 'vitest';

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
}

/** Starts an app and lists what it answers. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<App>(start: () => Promise<App>) {
  const use = vi.spyOn(Koa.prototype, 'use');
  const app = await start();
  const used: (Koa.Middleware & { router?: Router })[] = use.mock.calls.map(([middleware]) => middleware);
  use.mockRestore();
  return { app, routes: used.flatMap(({ router }) => (router ? routesOf(router) : [])) };
}

function routesOf({ stack }: Router): Route[] {
  return stack.flatMap(({ path, methods }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path: String(path).replace(/:\w+/g, 'x') })),
  );
}
