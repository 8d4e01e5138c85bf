/**
 * Which files does the app serve? Static pages without anybody's data: what they show comes from the JSON API, by
 * same-origin fetches that carry even a SameSite=Strict cookie.
 */
import { send } from '@koa/send';
import { type Context, HttpError, type Middleware } from 'koa';
import type { Next } from '../middleware.ts';

/** @param directory where the files are; nothing outside it is served, and nothing that begins with a dot */
export function pageRoutes(directory: string): Middleware {
  const options = { root: directory, index: 'index.html', extensions: ['html'], gzip: false, brotli: false };
  return async (ctx: Context, next: Next) => {
    if (!['GET', 'HEAD'].includes(ctx.method) || ctx.path.startsWith('/api/')) return next();
    const file: string | undefined = await send(ctx, ctx.path, options).catch(noFile);
    if (!file) return next();
    if (ctx.fresh) ctx.status = 304;
  };
}

/** There is no such file, or the path leads out of the directory. */
function noFile(error: unknown): undefined {
  if (!(error instanceof HttpError) || error.status >= 500) throw error;
}
