/** What do tests know of Express? How it signs the session cookie, and which routes the app has. */
import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Express, IRoute } from 'express';

/** The value of a session cookie, as somebody who knows the secret would make it. */
export function signedCookie(id: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${id}.${signature}`);
}

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
  /** Mounted before requireLogin. */
  isPublic: boolean;
}

interface Layer {
  name: string;
  route?: IRoute;
  handle: { stack?: Layer[] };
}

const API = '/api';

/** Starts an app and lists its routes. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<T extends { listener: RequestListener }>(start: () => Promise<T>) {
  const app = await start();
  const { stack } = (app.listener as Express).router as unknown as { stack: Layer[] };
  const place = stack.findIndex(({ handle }) => handle.stack?.some(({ name }) => name === 'requireLogin'));
  const api = stack[place]?.handle.stack ?? [];
  const guard = api.findIndex(({ name }) => name === 'requireLogin');
  const routes: Route[] = [
    ...stack.flatMap((layer, index) => routesOf(layer, '', index < place)),
    ...api.flatMap((layer, index) => routesOf(layer, API, index < guard)),
  ];
  return { app, routes };
}

function routesOf({ route }: Layer, prefix: string, isPublic: boolean): Route[] {
  if (!route) return [];
  const path = `${prefix}${route.path}`.replace(/:\w+/g, 'x');
  const methods = new Set(route.stack.map(({ method }) => method?.toUpperCase() ?? 'GET'));
  return [...methods].filter((method) => method !== 'HEAD').map((method) => ({ method, path, isPublic }));
}
