/**
 * Whose request it is. Koa's own `proxy: true` takes the leftmost address in X-Forwarded-For, which any client can
 * write there: an attacker would be throttled and logged under the names of others (ASVS 4.1.3).
 */
import type { IncomingMessage } from 'node:http';
import type { TrustProxy } from './protection/plain-http.ts';

/** The nearest address that no trusted proxy has: the connection's, or what trusted proxies noted, from the right. */
export function clientAddress({ socket, headers }: IncomingMessage, trustProxy: TrustProxy): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const chain = [...forwarded, socket.remoteAddress ?? ''].map((address) => address.trim()).filter(Boolean);
  chain.reverse();
  return chain.find((address, hop) => !trustProxy(address, hop)) ?? chain.at(-1) ?? '';
}
