/** The example of data that a visitor gathers before signing in. */
import type { FastifyPluginAsync } from 'fastify';
import { contentOf, saveSession } from '../session/rotation.ts';
import { clientOf } from './auth.ts';
import { cartInput, parse } from './inputs.ts';
import type { Services } from './services.ts';

export const cartRoutes: FastifyPluginAsync<Services> = async (routes, { guards, lifecycle, throttle }) => {
  routes.get('/cart', async (request) => {
    await guards.keepAlive(request);
    return { items: contentOf(request)?.cart ?? [] };
  });

  routes.put('/cart', async (request) => {
    const { items } = parse(cartInput, request.body);
    const content = contentOf(request);
    if (content) {
      await guards.keepAlive(request);
      content.cart = items;
      await saveSession(request);
    } else {
      await throttle.takeForAnonymousSession(request.ip);
      await lifecycle.startAnonymous(request, clientOf(request), items);
    }
    return { items };
  });
};
