/**
 * Which database do tests use, and how do they make it slow, fail or unreachable? By calls that they hold, and by a proxy
 * that they cut.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { startDevelopmentDatabase } from '../../scripts/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { DatabaseUnavailable } from '../../src/errors.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null when there is no database to test on. */
    databaseUrl: string | null;
  }
}

/** vitest calls it once: TEST_DATABASE_URL, or else a throw-away database that starts and ends with the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL, REQUIRE_DATABASE } = process.env;
  const started = TEST_DATABASE_URL ? null : await start(REQUIRE_DATABASE === '1');
  const url = TEST_DATABASE_URL || started?.url || null;
  if (url) await migrate(url);
  project.provide('databaseUrl', url);
  return async () => {
    await started?.stop();
  };
}

async function start(required: boolean) {
  try {
    return await startDevelopmentDatabase();
  } catch (error) {
    if (required) throw error;
    console.warn(`There is no database to test on, so the tests that need one are skipped. ${error}`);
    return null;
  }
}

/** A call that waits. */
export interface Held {
  /** Resolves when the app has made the call. */
  reached: Promise<void>;
  release: () => void;
}

type Rule = (name: string) => Promise<void> | undefined;

/** Holds, fails and counts calls to the database by name, such as `sessions.read`. */
export class Faults {
  /** The names of all calls so far. */
  readonly calls: string[] = [];
  readonly #rules = new Set<Rule>();

  /** Handed to connectDatabase(). */
  readonly around = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    this.calls.push(name);
    for (const rule of this.#rules) await rule(name);
    return call();
  };

  /** The names of the calls that some work makes. */
  async callsOf(work: () => Promise<unknown>): Promise<string[]> {
    this.calls.length = 0;
    await work();
    return [...this.calls];
  }

  /** The next call with this name waits until it is released. */
  holdNext(wanted: string): Held {
    const reached = signal();
    const released = signal();
    const rule: Rule = (name) => {
      if (name !== wanted) return;
      this.#rules.delete(rule);
      reached.give();
      return released.promise;
    };
    this.#rules.add(rule);
    return { reached: reached.promise, release: released.give };
  }

  /** Every call whose name begins like this fails until clear(), as when the database does not answer. */
  fail(prefix: string, error?: Error): void {
    this.#rules.add(async (name) => {
      if (name.startsWith(prefix)) throw error ?? new DatabaseUnavailable(name, new Error('failed by a test'));
    });
  }

  /** Every call takes a random time of up to `maxMs` milliseconds, which makes races likely. */
  slow(maxMs: number): void {
    this.#rules.add(() => sleep(Math.random() * maxMs));
  }

  clear(): void {
    this.#rules.clear();
  }
}

function signal(): { promise: Promise<void>; give: () => void } {
  let give: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}

/** Stands between the app and the database, and cuts, freezes or refuses connections as networks do. */
export class DatabaseProxy {
  /** The database's address by way of this proxy. */
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  static async before(databaseUrl: string): Promise<DatabaseProxy> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new DatabaseProxy(server, databaseUrl);
  }

  private constructor(server: Server, databaseUrl: string) {
    const target = new URL(databaseUrl);
    const folder = target.searchParams.get('host'); // PostgreSQL's way to name a socket on this machine
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${this.#port}`;
    url.searchParams.delete('host');
    this.url = url.href;
    server.on('connection', (client) => {
      const database = folder ? connect(`${folder}/.s.PGSQL.5432`) : connect(Number(target.port), target.hostname);
      this.#join(client, database);
      this.#join(database, client);
    });
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#isFrozen) from.pause();
  }

  /** Resets all connections of the app, as the host of a killed server does; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) if (socket.localPort === this.#port) socket.resetAndDestroy();
  }

  /** Connections stay open and nothing passes. */
  freeze(): void {
    this.strand();
    this.#isFrozen = true;
  }

  /** Today's connections silently lead nowhere; new ones are served. */
  strand(): void {
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Breaks all connections and accepts no new ones. */
  async refuse(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.#server.close(closed));
  }

  /** Accepts connections again, on the same port. */
  async accept(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(this.#port, '127.0.0.1', listening));
  }

  async close(): Promise<void> {
    this.cut();
    if (this.#server.listening) await new Promise((closed) => this.#server.close(closed));
  }
}
