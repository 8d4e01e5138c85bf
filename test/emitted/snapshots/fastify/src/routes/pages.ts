/**
 * The pages: static files without anybody's data. What they show comes from the JSON API, by same-origin fetches
 * that carry even a SameSite=Strict cookie.
 */
import fastifyStatic from '@fastify/static';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import { Problem } from '../problems.ts';

/** @param directory where the files are */
export const pageRoutes: FastifyPluginAsync<{ directory: string }> = async (routes, { directory }) => {
  await routes.register(fastifyStatic, { root: directory, extensions: ['html'], dotfiles: 'ignore' });
  // A path that leads out of the directory, or holds a NUL: the same answer as for a file that is not there.
  routes.setErrorHandler((error: FastifyError) => {
    throw (error.statusCode ?? 500) < 500 ? new Problem('not_found') : error;
  });
};
