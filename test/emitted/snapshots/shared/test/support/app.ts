/** The real app behind real HTTPS, with a clock that tests move, calls to the engine that they hold up, and its log. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { inject } from 'vitest';
import { createDevelopmentCertificates } from '../../scripts/certificate-authority.ts';
import { createApp } from '../../src/app.ts';
import type { AppConfig } from '../../src/config.ts';
import { connectEngine } from '../../src/engine.ts';
import { createLog } from '../../src/log.ts';
import { createBuckets } from '../../src/protection/buckets.ts';
import { createSessionRecords } from '../../src/session/records.ts';
import { TLS_OPTIONS } from '../../src/tls.ts';
import { createUsers } from '../../src/users/users.ts';
import { Browser } from './browser.ts';
import { Faults } from './faults.ts';
import { createMemoryEngine } from './memory.ts';

/** Signs the cookies of a test's app. */
export const SECRET = 'a secret of a test that has thirty-two bytes or more';

const { ca, ...certificate } = createDevelopmentCertificates(['localhost']);

export type TestApp = Awaited<ReturnType<typeof startApp>>;

export interface TestOptions {
  config?: Partial<AppConfig>;
  /** An engine of the test's own, for one that is cut off or frozen. */
  engineUrl?: string;
  /** The clock of another app, where two instances share everything. */
  clock?: { now: number };
}

export async function startApp({ config, engineUrl, clock = { now: Date.now() } }: TestOptions = {}) {
  const lines: string[] = [];
  const log = createLog({ write: (line: string) => void lines.push(line) });
  const faults = new Faults();
  const storage = createStorage(engineUrl ?? inject('engineUrl'), faults, log);

  // The port is known only when the server listens, and the app must know its origin: so the app comes second.
  let listener: RequestListener = (_request, response) => response.destroy();
  const server = createServer({ ...TLS_OPTIONS, ...certificate }, (request, response) => listener(request, response));
  server.keepAliveTimeout = 60_000; // browsers share connections: were the server to hang up first, a request could meet it
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  listener = await createApp({
    config: {
      production: false,
      origins: [origin],
      secrets: [SECRET],
      trustProxy: (_address, hop) => hop === 0, // the browsers below name their address as a proxy would
      publicDirectory: resolve('public'),
      ...config,
    },
    records: storage.records,
    users: storage.users,
    buckets: storage.buckets,
    ping: storage.ping,
    now: () => clock.now,
    log,
  });

  return {
    origin,
    ca,
    clock,
    faults,
    server,
    /** The app itself, for a test that serves it in another way. */
    listener,
    /** What stands in the engine, past the app. */
    ...storage,
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
      await storage.close();
    },
  };
}

function createStorage(url: string | null, faults: Faults, log: ReturnType<typeof createLog>) {
  if (url === null) return createMemoryEngine(faults);
  const engine = connectEngine(url, log);
  const run: typeof engine.run = (name, work) => faults.around(name, () => engine.run(name, work));
  return {
    records: createSessionRecords({ run }),
    users: createUsers({ run }),
    buckets: createBuckets({ run }),
    ping: () => faults.around('ping', () => engine.ping()),
    close: () => engine.close(),
  };
}
