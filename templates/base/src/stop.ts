/**
 * Stopping without cutting anybody off: a server that only stops listening goes on serving connections that were
 * busy at that moment, as each next request keeps them open.
 */
import type { Server } from 'node:http';
import { STOP_DEADLINE_MS } from './security-policy.ts';

const IDLE_SWEEP_MS = 100;

/** Lets requests under way finish, at most STOP_DEADLINE_MS, then closes what is left. */
export async function stopServers(servers: Server[]): Promise<void> {
  const sweep = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const deadline = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, STOP_DEADLINE_MS);
  await Promise.all(servers.map(close));
  clearInterval(sweep);
  clearTimeout(deadline);
}

function close(server: Server): Promise<void> {
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
