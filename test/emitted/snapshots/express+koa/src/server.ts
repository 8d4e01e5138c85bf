/** How does the process start and stop? Configuration, services, TLS, and a bounded stop. The only file that exits. */
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { connectDatabase, type Database } from './database/connection.ts';
import { DatabaseUnavailable } from './errors.ts';
import { createLog } from './log.ts';
import { createBoundedServer } from './protection/connections.ts';
import { CLEAN_UP_INTERVAL_MS, PROXY_KEEP_ALIVE_MS, STOP_DEADLINE_MS } from './security-policy.ts';
import { createServices } from './services.ts';

const config = configOrExit();
const log = createLog(config.logLevel);
const database = connectDatabase(config.databaseUrl, { log });
await refuseOldSchema(database);
const services = createServices({ database, now: Date.now, log });
const app = createApp(config, services);

const server = createBoundedServer(app, config.tls);
if (!config.tls) server.keepAliveTimeout = PROXY_KEEP_ALIVE_MS;
const stop = stoppable(server);
await listen(server, config.port, config.host);
const origins = config.origins.join(', ');
log.info({ event: 'sys_startup', host: config.host, port: config.port }, `listening for ${origins}`);

const cleanUp = setInterval(() => {
  services.removeExpired().catch((err) => log.warn({ err }, 'could not delete expired records; will try again'));
}, CLEAN_UP_INTERVAL_MS);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    log.info({ event: 'sys_shutdown', signal }, 'stopping');
    clearInterval(cleanUp);
    await stop();
    await database.close();
    process.exit(0);
  });
}

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`Invalid configuration:\n${error.message.replace(/^/gm, '  ')}`);
    process.exit(1);
  }
}

/** A database that does not answer yet is no reason to stay down: requests get a 503 until it does. */
async function refuseOldSchema(database: Database): Promise<void> {
  try {
    if ((await database.schemaState()) === 'current') return;
    console.error('The database schema is older than this version of the app. Run: npm run admin migrate');
    process.exit(1);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) {
      log.warn({ event: 'sys_database_unavailable', err: error.cause }, 'the database does not answer yet');
      return;
    }
    console.error(`The database cannot be used: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

function listen(server: Server, port: number, host: string): Promise<unknown> {
  return once(server.listen(port, host), 'listening');
}

/**
 * Call before the server listens. Our own, as `server.close()` goes on serving connections that are busy at that
 * moment, and waits forever for those that never sent a request and for upgraded ones (WebSocket).
 * @returns stops the server: requests under way may finish within STOP_DEADLINE_MS, then everything is closed
 */
function stoppable(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let isStopping = false;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (_request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (isStopping) response.setHeader('Connection', 'close');
  });
  const sweep = () => (underWay.size === 0 ? server.closeAllConnections() : server.closeIdleConnections());

  return async () => {
    isStopping = true;
    const sweeping = setInterval(sweep, 100);
    const deadline = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, STOP_DEADLINE_MS);
    await new Promise<unknown>((closed) => server.close(closed));
    clearInterval(sweeping);
    clearTimeout(deadline);
  };
}
