/** The connection to MongoDB: a client whose calls are bounded, named and mapped to one error. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient, MongoServerError } from 'mongodb';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { ENGINE_DEADLINE_MS } from './security-policy.ts';

/** The variable that says where the engine is. */
export const ENGINE_URL_VARIABLE = 'MONGODB_URL';

export interface Engine {
  /**
   * Runs one call. The name says which, such as `sessions.read`: tests delay, cut or fail calls by it.
   * @throws EngineUnavailable
   */
  run<T>(name: string, work: (db: Db) => Promise<T>): Promise<T>;
  /** @throws EngineUnavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const RETRY_DELAY_MS = 250;

const OPTIONS = {
  // A logout that only one server knows is undone when that server fails: a majority must have written it, and reads
  // go where writes go.
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
  // The driver's own bounds free its connections; the deadline of a call is ours, as the driver's has no effect.
  serverSelectionTimeoutMS: ENGINE_DEADLINE_MS * 0.75,
  connectTimeoutMS: ENGINE_DEADLINE_MS,
  socketTimeoutMS: ENGINE_DEADLINE_MS,
  heartbeatFrequencyMS: ENGINE_DEADLINE_MS,
} as const;

/** Does not wait for the engine, and tries to reach it until it is closed. */
export function connectEngine(url: string, log: Log): Engine {
  const client = new MongoClient(url, OPTIONS);
  let isConnected = false;
  let isClosed = false;
  let refusal: unknown;

  /** One attempt. Never fails. */
  async function connect(): Promise<void> {
    try {
      await client.connect();
      isConnected = true;
    } catch (err) {
      if (!refusal && !isClosed)
        log.warn({ event: 'sys_engine_connection_lost', err }, 'no connection to MongoDB, trying again');
      refusal = err;
    }
  }

  /** Until there was a connection. From then on the driver reconnects by itself; before, it would give up for good. */
  async function stayConnecting(): Promise<void> {
    await attempt;
    while (!isConnected && !isClosed) {
      await sleep(RETRY_DELAY_MS);
      attempt = connect();
      await attempt;
    }
    if (isClosed) await client.close();
  }

  let attempt = connect();
  stayConnecting();
  const run: Engine['run'] = (name, work) =>
    withDeadline(name, async () => {
      if (!isConnected) await attempt;
      if (!isConnected) throw refusal;
      return work(client.db());
    });
  return {
    run,
    ping: async () => {
      await run('ping', (db) => db.command({ ping: 1 }));
    },
    close: async () => {
      isClosed = true;
      // Says good-bye to the server, which may not listen.
      await withDeadline('close', () => client.close()).catch(() => {});
    },
  };
}

/** Somebody else wrote a document of that id, or of that value in a unique index, first. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11_000;
}

/** What makes an address unfit for production: without verified TLS, whoever sits between reads every session. */
export function engineUrlProblem(url: string): string | null {
  try {
    const { tls, rejectUnauthorized, checkServerIdentity } = new MongoClient(url).options;
    if (!tls) return 'needs tls=true';
    if (rejectUnauthorized === false || checkServerIdentity) return 'must not allow invalid certificates';
    return null;
  } catch {
    return 'is not an address';
  }
}
