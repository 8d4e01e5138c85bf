/** The example of data that a visitor gathers before signing in. */
import { Router } from 'express';
import { contentOf, saveSession } from '../session/rotation.ts';
import { addressOf, clientOf } from './auth.ts';
import { cartInput, parse } from './inputs.ts';
import type { Services } from './services.ts';

export function cartRoutes({ guards, lifecycle, throttle }: Services) {
  const routes = Router();

  routes.get('/cart', async (request, response) => {
    await guards.keepAlive(request);
    response.json({ items: contentOf(request)?.cart ?? [] });
  });

  routes.put('/cart', async (request, response) => {
    const { items } = parse(cartInput, request.body);
    const content = contentOf(request);
    if (content) {
      await guards.keepAlive(request);
      content.cart = items;
      await saveSession(request);
    } else {
      await throttle.takeForAnonymousSession(addressOf(request));
      await lifecycle.startAnonymous(request, clientOf(request), items);
    }
    response.json({ items });
  });

  return routes;
}
