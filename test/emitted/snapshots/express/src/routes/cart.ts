/** An example: what may a visitor gather before signing in? */
import type { Router } from 'express';
import type { Services } from '../services.ts';
import { contentOf, saveSession } from '../session/http.ts';
import { addressOf, clientOf } from './auth.ts';
import { cartInput, parse } from './input.ts';

/** Public. */
export function cartRoutes(routes: Router, { lifecycle, throttle }: Services): void {
  routes.get('/cart', async (request, response) => {
    await lifecycle.noteActivity(request);
    response.json({ items: contentOf(request)?.cart ?? [] });
  });

  routes.put('/cart', async (request, response) => {
    const { items } = parse(cartInput, request.body);
    const content = contentOf(request);
    if (content) {
      await lifecycle.noteActivity(request);
      content.cart = items;
      await saveSession(request);
    } else {
      await throttle.limitAnonymousSessions(addressOf(request));
      await lifecycle.startAnonymous(request, clientOf(request), { cart: items });
    }
    response.json({ items });
  });
}
