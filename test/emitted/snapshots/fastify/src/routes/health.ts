/** For whoever restarts the process (livez) and whoever sends it requests (readyz). */
import type { FastifyPluginAsync } from 'fastify';

export const healthRoutes: FastifyPluginAsync<{ ping: () => Promise<void> }> = async (routes, { ping }) => {
  routes.get('/livez', async () => ({ status: 'ok' }));
  routes.get('/readyz', async () => {
    await ping();
    return { status: 'ok' };
  });
};
