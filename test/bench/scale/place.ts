import { deepStrictEqual, strictEqual } from 'node:assert';
import type pg from 'pg';
import type { RunningServer } from '../../databases/server-process.ts';
import { type Server, startOurs, startStock } from '../sessions/servers.ts';
import { type StockDatabase, stockDatabase } from '../sessions/stock/database.ts';
import type { Adapter, Side } from './adapter.ts';
import { Client } from './client.ts';
import { cookieOf, Population, stockId } from './population.ts';
import { type DatabaseName, migrate, openStore, passwordHash, type Store } from './project.ts';

/** A database server of its own with so many sessions, and the app in front of it. */
export interface Place {
  adapter: Adapter;
  side: Side;
  size: number;
  people: Population;
  url: string;
  client: Client;
  /** What the app has, without the app around it: the generated store, or the published one. */
  store: Store | StockDatabase;
  bytesPerSession: number | null;
  stop(): Promise<void>;
}

export interface Project {
  name: DatabaseName;
  adapter: Adapter;
  directory: string;
  /** Where the published stores are installed. */
  packages: string;
}

export async function settle(project: Project, side: Side, size: number): Promise<Place> {
  const { name, adapter, directory, packages } = project;
  const database = await adapter.start();
  const { url } = database;
  try {
    const people = new Population(size, adapter.idOfUser);
    await migrate(directory, url);
    if (side === 'stock') await adapter.prepareStock?.(url, packages);
    await adapter.fillUsers(url, people, passwordHash());
    const before = await adapter.bytes?.(url, side);
    await adapter.fill(url, side, people.batches());
    await adapter.settle?.(url);
    const after = await adapter.bytes?.(url, side);
    const bytesPerSession = before === undefined || after === undefined ? null : (after - before) / size;

    const store =
      side === 'ours' ? await openStore(directory, url) : await stockDatabase(name, url, packages);
    if ('read' in store) await check(adapter, url, people, store);
    const setting = { framework: 'express', database: name, databaseUrl: url, directory };
    const server = side === 'ours' ? await startOurs(setting) : await startStock(setting, packages, true);
    const client = new Client(server.port);
    await checkAnswer(client, people, side);
    const stop = () => end(client, server, store, database);
    return { adapter, side, size, people, url, client, store, bytesPerSession, stop };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

// --- internal ---

/** A session that was written in bulk is, byte for byte, what the generated store makes of the same session. */
async function check(adapter: Adapter, url: string, people: Population, store: Store): Promise<void> {
  const session = people.random();
  const { key, user, content, lastSeenAt, expiresAt } = session;
  deepStrictEqual(await store.read(key), { content, lastSeenAt });
  strictEqual((await store.listByUser(user.id)).length, people.othersOf(session).length + 1);
  const inBulk = await adapter.stored(url, session);
  await store.remove(key);
  await store.insert(key, { content, lastSeenAt }, expiresAt);
  deepStrictEqual(await adapter.stored(url, session), inBulk);
}

async function checkAnswer(client: Client, people: Population, side: Side): Promise<void> {
  const { id, user } = people.random();
  const cookie = cookieOf(side === 'ours' ? id : stockId(id));
  const { body } = await client.ask('GET', '/api/session', 200, cookie);
  deepStrictEqual(JSON.parse(body).user, user);
}

async function end(
  client: Client,
  server: Server,
  store: Store | StockDatabase,
  database: RunningServer,
): Promise<void> {
  client.close();
  await server.stop();
  if ('read' in store) await store.close();
  else await endStock(store);
  await database.stop();
}

/** A pool of pg, or a client of redis. */
async function endStock({ db }: StockDatabase): Promise<void> {
  // Its connections are still being closed when the server goes.
  if ('totalCount' in (db as object)) await (db as pg.Pool).on('error', () => {}).end();
  else (db as { destroy(): void }).destroy();
}
