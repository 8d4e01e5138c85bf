/** An example: what may a visitor gather before signing in? */
import type { FastifyInstance } from 'fastify';
import type { Services } from '../services.ts';
import { contentOf, saveSession } from '../session/http.ts';
import { clientOf } from './auth.ts';
import { cartInput, parse } from './input.ts';

/** Public. */
export async function cartRoutes(routes: FastifyInstance, { lifecycle, throttle }: Services): Promise<void> {
  routes.get('/cart', async (request) => {
    await lifecycle.noteActivity(request);
    return { items: contentOf(request)?.cart ?? [] };
  });

  routes.put('/cart', async (request) => {
    const { items } = parse(cartInput, request.body);
    const content = contentOf(request);
    if (content) {
      await lifecycle.noteActivity(request);
      content.cart = items;
      await saveSession(request);
    } else {
      await throttle.limitAnonymousSessions(request.ip);
      await lifecycle.startAnonymous(request, clientOf(request), { cart: items });
    }
    return { items };
  });
}
