/** The connection to Redis: a client whose calls are bounded, named and mapped to one error. */
import { createClient, createCluster, type RedisClientType } from 'redis';
import { withDeadline } from './deadline.ts';
import { risksOfLoss } from './durability.ts';
import type { Log } from './log.ts';
import { ENGINE_DEADLINE_MS } from './security-policy.ts';

/** The variable that says where the engine is. */
export const ENGINE_URL_VARIABLE = 'REDIS_URL';

/** The commands in use, which one server and a cluster have alike. */
export type Db = Pick<
  RedisClientType,
  'configGet' | 'del' | 'eval' | 'evalSha' | 'hGet' | 'hmGet' | 'ping' | 'scan' | 'zRangeWithScores' | 'zRem'
>;

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

const WATCH_INTERVAL_MS = ENGINE_DEADLINE_MS / 4;
const MAX_RETRY_DELAY_MS = 1000;

/** Does not wait for the engine, and tries to reach it until it is closed. */
export function connectEngine(url: string, log: Log): Engine {
  let isConnected = false;
  let isLost = false;
  let isClosed = false;
  let refusal: unknown;
  let retryTimer: NodeJS.Timeout | undefined;

  const client = createRedis(url, (retries) =>
    // Before there is a connection, `connect` below tries again: so that it can tell when an attempt is over.
    isConnected ? Math.min(100 + retries * 50, MAX_RETRY_DELAY_MS) : false,
  );
  // A connection that breaks: without a listener it would end the process.
  client.on('error', (err: Error) => {
    if (isLost || isClosed) return;
    isLost = true;
    log.warn({ event: 'sys_engine_connection_lost', err }, 'no connection to Redis, trying again');
  });

  /** Is over after the first attempt, and never fails. */
  async function connect(): Promise<void> {
    try {
      await client.connect();
      isConnected = true;
      tellRisks();
    } catch (error) {
      refusal = error;
      if (!isClosed) retryTimer = setTimeout(connect, MAX_RETRY_DELAY_MS);
    }
  }

  async function tellRisks(): Promise<void> {
    const risks = await risksOfLoss(client);
    if (isClosed) return;
    for (const risk of risks) log.warn({ event: 'sys_engine_durability' }, risk);
  }

  /**
   * Makes a new connection when the engine no longer answers on the old one. The driver's own socketTimeout would
   * not: it takes what we send for a sign of life, so a peer that is gone without a word stays the peer under load.
   */
  async function watch(): Promise<void> {
    if (!isConnected) return;
    try {
      const isHealthy = await withDeadline('watch', () => client.ping().then(Boolean, () => false));
      if (isHealthy) isLost = false;
    } catch (error) {
      isConnected = false;
      refusal = error;
      client.destroy();
      await connect();
    }
  }

  const firstAttempt = connect();
  const watchTimer = setInterval(watch, WATCH_INTERVAL_MS);
  const run: Engine['run'] = (name, work) =>
    withDeadline(name, async () => {
      await firstAttempt;
      if (!isConnected) throw refusal;
      return work(client);
    });
  return {
    run,
    ping: async () => {
      await run('ping', (db) => db.ping());
    },
    close: async () => {
      isClosed = true;
      clearInterval(watchTimer);
      clearTimeout(retryTimer);
      client.destroy();
    },
  };
}

/** What makes an address unfit for production: without verified TLS, whoever sits between reads every session. */
export function engineUrlProblem(url: string): string | null {
  const nodes = url.split(',');
  if (!nodes.every((node) => URL.canParse(node))) return 'is not an address';
  return nodes.every((node) => node.startsWith('rediss://')) ? null : 'needs rediss://';
}

/** One server, or a cluster when there are several addresses: then the first one's user and password are for all. */
function createRedis(url: string, reconnectStrategy: (retries: number) => number | false) {
  const [first = '', ...others] = url.split(',');
  const socket = { connectTimeout: ENGINE_DEADLINE_MS, socketTimeout: ENGINE_DEADLINE_MS, reconnectStrategy };
  const options = {
    // A call that cannot be sent now fails now: a queue would keep requests waiting.
    disableOfflineQueue: true,
    // The deadline is ours. The driver's own makes an AbortSignal per command, which costs a tenth of the speed.
    commandOptions: { timeout: 0 },
  };
  if (others.length === 0) return createClient({ url, socket, ...options });
  const { protocol, username, password } = new URL(first);
  return createCluster({
    rootNodes: [first, ...others].map((node) => ({ url: node })),
    defaults: {
      ...options,
      socket: { ...socket, tls: protocol === 'rediss:' },
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
    commandOptions: options.commandOptions,
  });
}
