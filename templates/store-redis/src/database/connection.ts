/** How does the app reach Redis, and keep reaching it when connections break, freeze or lead to a replica? */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type ConnectOptions, createCaller, DatabaseUnavailable, type SchemaState } from '../errors.ts';
import { createRedis, type Db, isDemotion, isOutage } from './client.ts';
import { risksOfLoss } from './migrations.ts';

/** The variable with the database's address. */
export const DATABASE_URL_VARIABLE = 'REDIS_URL';

export interface Database {
  /**
   * Runs one call. The name says which, such as `sessions.read`: tests delay, fail or count calls by it.
   * @throws DatabaseUnavailable; a wrong command throws its own error
   */
  run<T>(name: string, work: (db: Db) => Promise<T>): Promise<T>;
  /** @throws DatabaseUnavailable */
  ping(): Promise<unknown>;
  /** Redis has no schema: it is never behind. @throws DatabaseUnavailable */
  schemaState(): Promise<SchemaState>;
  close(): Promise<void>;
}

const WATCH_INTERVAL_MS = 250;
const RETRY_DELAY_MS = 250;

/** Keys per step of a scan. */
const PAGE = 1000;

/** Does not wait for Redis, and keeps trying to connect until it is closed. */
export function connectDatabase(url: string, { log, around }: ConnectOptions): Database {
  const client = createRedis(url);
  const call = createCaller(isOutage, around);
  const unobservedCall = createCaller(isOutage);
  const closing = new AbortController();
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: closing.signal }).catch(() => {});
  const nextTurn = (): Promise<void> => turn();
  let isConnected = false;
  let isLost = false;
  let isDemoted = false;
  let refusal: unknown;

  // Without a listener, a connection that breaks would end the process.
  client.on('error', (err: Error) => {
    if (isLost || closing.signal.aborted) return;
    isLost = true;
    log.warn({ event: 'sys_database_connection_lost', err }, 'no connection to Redis, trying again');
  });

  /** One attempt. Never fails. */
  async function connect(): Promise<void> {
    try {
      await unobservedCall('connect', () => client.connect());
      isConnected = true;
      isLost = false;
      isDemoted = false;
      void warnOfRisks();
    } catch (error) {
      refusal = error instanceof DatabaseUnavailable ? error.cause : error;
    }
  }

  /**
   * The driver's own reconnecting and its socketTimeout would keep a connection whose peer is gone without a word:
   * they count what we send as a sign of life. So this asks for an answer, and reconnects when there is none.
   */
  async function stayConnected(): Promise<void> {
    await attempt;
    for (;;) {
      while (isConnected) {
        await pause(WATCH_INTERVAL_MS);
        isConnected = await isAnswering();
      }
      client.destroy(); // also what a destroy during an attempt left open
      if (closing.signal.aborted) return;
      attempt = connect();
      await attempt;
      if (!isConnected) await pause(RETRY_DELAY_MS);
    }
  }

  async function isAnswering(): Promise<boolean> {
    let isAnswered = false;
    const answer = client.ping().then(() => {
      isAnswered = true;
    });
    // If this process was busy for longer than the deadline, the answer is here but not read yet: one more turn.
    const isLate: boolean = await unobservedCall('watch', () => answer).then(
      () => false,
      () => true,
    );
    if (isLate) await nextTurn();
    return isAnswered && !isDemoted;
  }

  async function warnOfRisks(): Promise<void> {
    const risks = await risksOfLoss(client);
    if (closing.signal.aborted) return;
    for (const risk of risks) log.warn({ event: 'sys_database_durability' }, risk);
  }

  let attempt = connect();
  void stayConnected();

  function run<T>(name: string, work: (db: Db) => Promise<T>): Promise<T> {
    return call(name, async () => {
      if (!isConnected) await attempt;
      if (!isConnected) throw new DatabaseUnavailable(name, refusal);
      return work(client).catch((error: unknown) => {
        isDemoted ||= isDemotion(error);
        throw error;
      });
    });
  }

  return {
    run,
    ping: () => run('ping', (db) => db.ping()),
    schemaState: async () => {
      await run('schemaState', (db) => db.ping());
      return 'current';
    },
    close: async () => {
      closing.abort();
      client.destroy();
    },
  };
}

/** All keys that match, in pages. Each page is a call of its own, as a scan of everything would miss the deadline. */
export async function* scanKeys(run: Database['run'], name: string, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const page = await run(name, (db) => db.scan(cursor, { MATCH: pattern, COUNT: PAGE }));
    yield page.keys;
    cursor = page.cursor;
  } while (cursor !== '0');
}

/**
 * What makes an address unfit for production, null when nothing does: without verified TLS, whoever sits between reads
 * every session. @throws Error for what is no address; it does not repeat it, as that contains a password
 */
export function databaseUrlProblem(url: string): string | null {
  createRedis(url);
  return url.split(',').every((node) => node.startsWith('rediss://')) ? null : 'needs rediss://';
}
