/**
 * Stopping without cutting anybody off: a server that only stops listening goes on serving connections that were
 * busy at that moment, as each next request keeps them open, and waits for those that never sent a request.
 */
import type { Server, ServerResponse } from 'node:http';
import { STOP_DEADLINE_MS } from './security-policy.ts';

const SWEEP_MS = 100;

/**
 * To be called before the server listens.
 * @returns what stops it: requests under way may finish, for at most STOP_DEADLINE_MS; then what is left is closed
 */
export function stoppable(server: Server): () => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let isStopping = false;
  server.prependListener('request', (_request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (isStopping) response.setHeader('Connection', 'close');
  });
  const sweep = () => (underWay.size === 0 ? server.closeAllConnections() : server.closeIdleConnections());

  return async () => {
    isStopping = true;
    const sweeping = setInterval(sweep, SWEEP_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS);
    await new Promise<unknown>((closed) => server.close(closed));
    clearInterval(sweeping);
    clearTimeout(deadline);
  };
}
