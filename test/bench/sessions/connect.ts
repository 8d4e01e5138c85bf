import { MongoClient } from 'mongodb';
import pg from 'pg';
import { createClient } from 'redis';

export interface Connected {
  /** What the driver hands to whoever makes many calls at once. */
  client: unknown;
  /** What the project's own statements take. */
  db: unknown;
}

/** The project's driver with that driver's defaults. */
export async function connect(database: string, url: string): Promise<Connected> {
  const open = DRIVERS[database];
  if (!open) throw new Error(`no driver for ${database}`);
  return open(url);
}

const DRIVERS: Record<string, (url: string) => Promise<Connected>> = {
  async postgres(url) {
    const pool = new pg.Pool({ connectionString: url });
    return { client: pool, db: pool };
  },
  async redis(url) {
    const client = createClient({ url });
    client.on('error', () => {});
    await client.connect();
    return { client, db: client };
  },
  async mongo(url) {
    const client = await new MongoClient(url).connect();
    return { client, db: client.db() };
  },
};
