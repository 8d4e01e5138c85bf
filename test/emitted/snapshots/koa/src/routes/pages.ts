/**
 * The pages: static files without anybody's data. What they show comes from the JSON API, by same-origin fetches
 * that carry even a SameSite=Strict cookie.
 */
import { send } from '@koa/send';
import { HttpError, type Middleware } from 'koa';

/** @param directory where the files are; nothing outside it is served, and nothing that begins with a dot */
export function pageRoutes(directory: string): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    try {
      await send(ctx, ctx.path, {
        root: directory,
        index: 'index.html',
        extensions: ['html'],
        gzip: false,
        brotli: false,
      });
      if (ctx.fresh) ctx.status = 304;
    } catch (error) {
      // No such file, or a path that leads out of the directory.
      if (!(error instanceof HttpError) || error.status >= 500) throw error;
      await next();
    }
  };
}
