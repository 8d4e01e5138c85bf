import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Answers } from '../../../src/options/options.ts';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { startRedis } from '../../databases/redis.ts';
import type { RunningServer } from '../../databases/server-process.ts';

/** One server for all jobs. Each has a database of its own on it, as scripts of the project end everybody's sessions. */
export interface SharedServer {
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const START: Record<Answers['store'], () => Promise<RunningServer>> = {
  postgres: startPostgres,
  redis: startRedis,
  mongo: startMongoDb,
};

/** Redis has sixteen databases unless it is told otherwise; jobs at work at the same time never have the same one. */
const DATABASES = 16;

export async function startServer(store: Answers['store']): Promise<SharedServer> {
  const server = await START[store]();
  let made = 0;
  const newDatabase = async (): Promise<string> => {
    const url = new URL(server.url);
    made += 1;
    const name = `mutants_${randomBytes(6).toString('hex')}`;
    if (store === 'postgres') await createDatabase(server.url, name);
    url.pathname = store === 'redis' ? `/${made % DATABASES}` : `/${name}`;
    return url.href;
  };
  return { newDatabase, stop: () => server.stop() };
}

// --- internal ---

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}
