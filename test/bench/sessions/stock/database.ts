import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Store } from 'express-session';
import { connect } from '../connect.ts';

/** A published store with its defaults, and its connection, which the look-up of users shares. */
export interface StockDatabase {
  store: Store;
  db: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: packages of the cache folder, which the type checker does not see
type Stores = (name: string) => any;

/** Without their write at each request, which is their default: as somebody who knows them sets them up. */
const LEAN: Record<string, object> = {
  postgres: { disableTouch: true },
  redis: { disableTouch: true },
  mongo: { touchAfter: 300 },
};

export const isLean = process.env.BENCH_LEAN === '1';

/** @param folder where the published stores are installed */
export async function stockDatabase(database: string, url: string, folder: string): Promise<StockDatabase> {
  const { client, db } = await connect(database, url);
  const store = STORES[database]?.(
    createRequire(join(folder, 'package.json')),
    client,
    isLean ? LEAN[database] : {},
  );
  if (!store) throw new Error(`no published store for ${database}`);
  return { store, db };
}

/** The published stores are made for express-session; @fastify/session takes them too. */
const STORES: Record<string, (stores: Stores, client: unknown, options?: object) => Store> = {
  postgres(stores, pool, options) {
    const PostgresStore = stores('connect-pg-simple')(stores('express-session'));
    return new PostgresStore({ pool, createTableIfMissing: true, ...options });
  },
  redis(stores, client, options) {
    const { RedisStore } = stores('connect-redis');
    return new RedisStore({ client, ...options });
  },
  mongo(stores, client, options) {
    const { MongoStore } = stores('connect-mongo');
    return MongoStore.create({ client, ...options });
  },
};
