/** The process: configuration, engine, app, TLS, and a clean stop. The only file that exits. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { connectEngine } from './engine.ts';
import { createLog } from './log.ts';
import { createBuckets } from './protection/buckets.ts';
import { redirectToHttps } from './protection/plain-http.ts';
import { CLEAN_UP_INTERVAL_MS, PROXY_KEEP_ALIVE_MS } from './security-policy.ts';
import { createSessionRecords } from './session/records.ts';
import { stoppable } from './stop.ts';
import { TLS_OPTIONS } from './tls.ts';
import { createUsers } from './users/users.ts';

const log = createLog();

try {
  await start();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`The configuration is not right:\n${error.message.replace(/^/gm, '  ')}`);
  process.exit(1);
}

async function start(): Promise<void> {
  const config = readConfig();
  const engine = connectEngine(config.engineUrl, log);
  const records = createSessionRecords(engine);
  const buckets = createBuckets(engine);
  const app = await createApp({
    config,
    records,
    users: createUsers(engine),
    buckets,
    ping: () => engine.ping(),
    now: Date.now,
    log,
  });

  const server = config.tls ? createHttpsServer({ ...TLS_OPTIONS, ...config.tls }, app) : createHttpServer(app);
  if (!config.tls) server.keepAliveTimeout = PROXY_KEEP_ALIVE_MS;
  const stops = [stoppable(server)];
  await listen(server, config.port, config.host);
  if (config.httpPort !== null) {
    const redirect = createHttpServer(redirectToHttps(config.origins[0] ?? ''));
    stops.push(stoppable(redirect));
    await listen(redirect, config.httpPort, config.host);
  }
  log.info(
    { event: 'sys_startup', host: config.host, port: config.port },
    `listening for ${config.origins.join(', ')}`,
  );

  const cleanUp = setInterval(() => {
    Promise.all([records.removeExpired(Date.now()), buckets.removeExpired(Date.now())]).catch((err) =>
      log.warn({ err }, 'could not remove what has ended; the next round will'),
    );
  }, CLEAN_UP_INTERVAL_MS);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info({ event: 'sys_shutdown', signal }, 'stopping');
      clearInterval(cleanUp);
      await Promise.all(stops.map((stop) => stop()));
      await engine.close();
      process.exit(0);
    });
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
}
