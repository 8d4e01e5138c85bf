/** How does the app reach MongoDB, and what does it do while MongoDB does not answer? */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { type ConnectOptions, createCaller, DatabaseUnavailable, type SchemaState } from '../errors.ts';
import { DATABASE_DEADLINE_MS } from '../security-policy.ts';
import { createMongo, isOutage } from './client.ts';
import { readSchemaState } from './migrations.ts';

/** The variable with the database's address. */
export const DATABASE_URL_VARIABLE = 'MONGODB_URL';

export interface Database {
  /**
   * Runs one call. The name says which, such as `sessions.read`: tests delay, fail or count calls by it.
   * @throws DatabaseUnavailable, also while an index is missing; a wrong command throws its own error
   */
  run<T>(name: string, work: (db: Db) => Promise<T>): Promise<T>;
  /** @throws DatabaseUnavailable */
  ping(): Promise<unknown>;
  /** @throws DatabaseUnavailable */
  schemaState(): Promise<SchemaState>;
  close(): Promise<void>;
}

const RETRY_DELAY_MS = 250;

const OPTIONS = {
  // A logout that only one server knows is undone when that server fails: a majority must have written it, and reads
  // go where writes go.
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
  // These bounds free the driver's connections; the deadline of a call is ours, as the driver's has no effect.
  serverSelectionTimeoutMS: DATABASE_DEADLINE_MS * 0.75,
  connectTimeoutMS: DATABASE_DEADLINE_MS,
  socketTimeoutMS: DATABASE_DEADLINE_MS,
  heartbeatFrequencyMS: DATABASE_DEADLINE_MS,
} as const;

/** Does not wait for MongoDB, and keeps trying to connect until it is closed. */
export function connectDatabase(url: string, { log, around }: ConnectOptions): Database {
  const client = createMongo(url, OPTIONS);
  const call = createCaller(isOutage, around);
  let isConnected = false;
  let isClosed = false;
  let hasSchema = false;
  let refusal: unknown;

  /** One attempt. Never fails. */
  async function connect(): Promise<void> {
    try {
      await client.connect();
      isConnected = true;
    } catch (err) {
      if (!refusal && !isClosed)
        log.warn({ event: 'sys_database_connection_lost', err }, 'no connection to MongoDB, trying again');
      refusal = err;
    }
  }

  /** Until there was a connection. From then on the driver reconnects by itself; before, it would give up for good. */
  async function stayConnecting(): Promise<void> {
    await attempt;
    while (!isConnected && !isClosed) {
      await pause();
      attempt = connect();
      await attempt;
    }
    if (isClosed) await Promise.allSettled([client.close()]);
  }

  const pause = (): Promise<void> => sleep(RETRY_DELAY_MS);
  let attempt = connect();
  void stayConnecting();

  async function connectedDb(name: string): Promise<Db> {
    if (!isConnected) await attempt;
    if (!isConnected) throw new DatabaseUnavailable(name, refusal);
    return client.db();
  }

  function run<T>(name: string, work: (db: Db) => Promise<T>): Promise<T> {
    return call(name, async () => {
      const db = await connectedDb(name);
      hasSchema ||= (await readSchemaState(db)) === 'current';
      if (!hasSchema) throw new DatabaseUnavailable(name, new Error('an index is missing: npm run admin migrate'));
      return work(db);
    });
  }

  return {
    run,
    ping: () => run('ping', (db) => db.command({ ping: 1 })),
    schemaState: () => call('schemaState', async () => readSchemaState(await connectedDb('schemaState'))),
    close: async () => {
      isClosed = true;
      // The driver says goodbye to the server, which may not answer.
      await Promise.allSettled([createCaller(isOutage)('close', () => client.close())]);
    },
  };
}

/**
 * What makes an address unfit for production, null when nothing does: without verified TLS, whoever sits between reads
 * every session. @throws Error for what is no address; it does not repeat it, as that contains a password
 */
export function databaseUrlProblem(url: string): string | null {
  const { tls, rejectUnauthorized, checkServerIdentity } = createMongo(url).options;
  if (!tls) return 'needs tls=true';
  if (rejectUnauthorized === false || checkServerIdentity) return 'must not allow invalid certificates';
  return null;
}
