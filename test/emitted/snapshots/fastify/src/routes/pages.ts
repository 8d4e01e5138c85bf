/**
 * Which files does the app serve? Static pages without anybody's data: what they show comes from the JSON API, by
 * same-origin fetches that carry even a SameSite=Strict cookie.
 */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** @param directory where the files are */
export async function pageRoutes(routes: FastifyInstance, { directory }: { directory: string }): Promise<void> {
  routes.register(fastifyStatic, { root: directory, extensions: ['html'], dotfiles: 'ignore' });
}
