import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Store } from 'express-session';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { createClient } from 'redis';

/** A published store with its defaults, and its connection, which the look-up of users shares. */
export interface StockDatabase {
  store: Store;
  db: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: packages of the cache folder, which the type checker does not see
type Stores = (name: string) => any;

/** Without their write at each request, which is their default: as somebody who knows them sets them up. */
const LEAN = {
  postgres: { disableTouch: true },
  redis: { disableTouch: true },
  mongo: { touchAfter: 300 },
};

export const isLean = process.env.BENCH_LEAN === '1';

/** @param folder where the published stores are installed */
export function stockDatabase(database: string, url: string, folder: string): Promise<StockDatabase> {
  const connect = DATABASES[database];
  if (!connect) throw new Error(`no published store for ${database}`);
  return connect(url, createRequire(join(folder, 'package.json')));
}

/** The published stores are made for express-session; @fastify/session takes them too. */
const DATABASES: Record<string, (url: string, stores: Stores) => Promise<StockDatabase>> = {
  async postgres(url, stores) {
    const pool = new pg.Pool({ connectionString: url });
    const Store = stores('connect-pg-simple')(stores('express-session'));
    return { store: new Store({ pool, createTableIfMissing: true, ...(isLean && LEAN.postgres) }), db: pool };
  },
  async redis(url, stores) {
    const client = createClient({ url });
    client.on('error', () => {});
    await client.connect();
    const { RedisStore } = stores('connect-redis');
    return { store: new RedisStore({ client, ...(isLean && LEAN.redis) }), db: client };
  },
  async mongo(url, stores) {
    const client = await new MongoClient(url).connect();
    const { MongoStore } = stores('connect-mongo');
    return { store: MongoStore.create({ client, ...(isLean && LEAN.mongo) }), db: client.db() };
  },
};
