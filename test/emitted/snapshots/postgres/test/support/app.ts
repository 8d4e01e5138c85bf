/** How do tests get the app? The real one behind real HTTPS, with a clock that they move and calls that they hold. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { it as base, inject } from 'vitest';
import { createDevelopmentCertificates } from '../../scripts/certs.ts';
import { createApp } from '../../src/app.ts';
import type { AppConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/database/connection.ts';
import { createLog } from '../../src/log.ts';
import { createBoundedServer } from '../../src/protection/connections.ts';
import { createRecords, createServices } from '../../src/services.ts';
import { Browser } from './browser.ts';
import { DatabaseProxy, Faults } from './database.ts';

/** Signs the cookies of a test's app. */
export const SECRET = 'a secret of a test that has thirty-two bytes or more';

const { ca, ...certificate } = await createDevelopmentCertificates(['localhost']);

export type TestApp = Awaited<ReturnType<typeof startApp>>;

export interface TestOptions {
  config?: Partial<AppConfig>;
  /** A database other than the run's, such as one behind a DatabaseProxy. */
  databaseUrl?: string;
  /** The clock of another app, where two instances share everything. */
  clock?: { now: number };
}

interface Fixtures {
  /** One app for all tests of a file. Each test makes its own users, and time only moves forward. */
  app: TestApp;
  /** Between a test and the database. It ends with the test. */
  proxy: DatabaseProxy;
  /** Starts an app of the test's own. It ends with the test. */
  start: (options?: TestOptions) => Promise<TestApp>;
}

export const it = base.extend<Fixtures>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures this one needs from its first parameter
    async ({}, use) => {
      const app = await startApp();
      await use(app);
      await app.close();
    },
    { scope: 'file' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  proxy: async ({}, use) => {
    const proxy = await DatabaseProxy.before(inject('databaseUrl') ?? '');
    await use(proxy);
    await proxy.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  start: async ({}, use) => {
    const started: TestApp[] = [];
    await use(async (options) => {
      const app = await startApp(options);
      started.push(app);
      return app;
    });
    await Promise.all(started.map((app) => app.close()));
  },
});

/** For hooks; tests take a fixture. The caller closes it. */
export async function startApp({ config, databaseUrl, clock = { now: Date.now() } }: TestOptions = {}) {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const faults = new Faults();
  const database = connectDatabase(databaseUrl ?? inject('databaseUrl') ?? '', { log, around: faults.around });
  const records = createRecords(database);

  // The port is known only when the server listens, and the app must know its origin: so the app comes second.
  let listener: RequestListener = (_request, response) => response.destroy();
  const server = createBoundedServer((request, response) => listener(request, response), certificate);
  server.keepAliveTimeout = 60_000; // browsers share connections: one that the server just closed must not meet a request
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const services = createServices({ database, now: () => clock.now, log }, records);
  const appConfig: AppConfig = {
    production: false,
    origins: [origin],
    secrets: [SECRET],
    trustProxy: (_address, hop) => hop === 0, // the browsers below name their address as a proxy would
    publicDirectory: resolve('public'),
    ...config,
  };
  listener = await createApp(appConfig, services);

  return {
    origin,
    ca,
    clock,
    faults,
    server,
    services,
    /** What the database has, past the app. */
    records,
    /** The app itself, for a test that serves it in another way. */
    listener,
    /** The log so far, one parsed line each. */
    log: () => lines.map((line) => JSON.parse(line)),
    logText: () => lines.join(''),
    /** A browser with a cookie jar and, unless one is given, an address of its own. */
    browser: (address?: string) => new Browser(origin, ca, address),
    async close(): Promise<void> {
      faults.clear();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
      await database.close();
    },
  };
}
