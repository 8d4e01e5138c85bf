/** Every route of the app, as Express itself lists them. */
import type { RequestListener } from 'node:http';

export interface Route {
  method: string;
  /** Whole, with `x` in the place of each parameter. */
  path: string;
}

/** What Express's router tells of itself; not in its types yet. */
interface Router {
  listRoutes(): { path: string | RegExp; methods?: string[]; router?: Router }[];
}

/** Starts an app and lists what it answers. HEAD goes wherever GET does, so it is left out. */
export async function listRoutes<App extends { listener: RequestListener }>(start: () => Promise<App>) {
  const app = await start();
  const { router } = app.listener as RequestListener & { router: Router };
  return { app, routes: routesUnder('', router) };
}

function routesUnder(prefix: string, router: Router): Route[] {
  return router.listRoutes().flatMap(({ path, methods = [], router: mounted }) => {
    const whole = `${prefix}${path}`.replace(/\/$/, '');
    if (mounted) return routesUnder(whole, mounted);
    // `all()` answers every method.
    const named = methods.flatMap((method) => (method === '*' ? ['GET', 'POST'] : [method.toUpperCase()]));
    return named
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path: (whole || '/').replace(/:\w+/g, 'x') }));
  });
}
