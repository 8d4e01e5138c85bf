/** The connection to Redis: a client whose calls are bounded, named and mapped to one error. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { createClient, createCluster, type RedisClientType } from 'redis';
import { EngineUnavailable, withDeadline } from './deadline.ts';
import { risksOfLoss } from './durability.ts';
import type { Log } from './log.ts';

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

const WATCH_INTERVAL_MS = 250;
const RETRY_DELAY_MS = 250;

/** Does not wait for the engine, and tries to reach it until it is closed. */
export function connectEngine(url: string, log: Log): Engine {
  const client = createRedis(url);
  const closing = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => {});
  let isConnected = false;
  let isLost = false;
  let isDemoted = false;
  let refusal: unknown;

  // A connection that breaks: without a listener it would end the process.
  client.on('error', (err: Error) => {
    if (isLost || closing.signal.aborted) return;
    isLost = true;
    log.warn({ event: 'sys_engine_connection_lost', err }, 'no connection to Redis, trying again');
  });

  /** One attempt. Never fails. */
  async function connect(): Promise<void> {
    try {
      await withDeadline<unknown>('connect', () => client.connect());
      isConnected = true;
      isLost = false;
      isDemoted = false;
      tellRisks();
    } catch (error) {
      refusal = error instanceof EngineUnavailable ? error.cause : error;
    }
  }

  /**
   * The driver's own reconnecting and its socketTimeout would leave us on a connection whose peer is gone without a
   * word: they take what we send for a sign of life. So we ask for an answer, and connect anew when there is none.
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
    // When this process was busy for longer than the deadline, the answer is here and not yet read: one more turn.
    await withDeadline('watch', () => answer).catch(() => turn());
    return isAnswered && !isDemoted;
  }

  async function tellRisks(): Promise<void> {
    const risks = await risksOfLoss(client);
    if (closing.signal.aborted) return;
    for (const risk of risks) log.warn({ event: 'sys_engine_durability' }, risk);
  }

  let attempt = connect();
  stayConnected();
  const run: Engine['run'] = (name, work) =>
    withDeadline(name, async () => {
      if (!isConnected) await attempt;
      if (!isConnected) throw refusal;
      try {
        return await work(client);
      } catch (error) {
        // After a fail-over this server is a replica, and the address may lead to its successor by now.
        if (error instanceof Error && error.message.startsWith('READONLY')) isDemoted = true;
        throw error;
      }
    });
  return {
    run,
    ping: async () => {
      await run('ping', (db) => db.ping());
    },
    close: async () => {
      closing.abort();
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
function createRedis(url: string) {
  const [first = '', ...others] = url.split(',');
  // The deadline is ours. The driver's own makes an AbortSignal per command, which is slow.
  const commandOptions = { timeout: 0 };
  if (others.length === 0) return createClient({ url, socket: { reconnectStrategy: false }, commandOptions });
  const { protocol, username, password } = new URL(first);
  return createCluster({
    rootNodes: [first, ...others].map((node) => ({ url: node })),
    defaults: {
      // A call for a node that is away fails now. In a queue it would wait, and be done after its request was told 503.
      disableOfflineQueue: true,
      socket: { tls: protocol === 'rediss:', reconnectStrategy: RETRY_DELAY_MS },
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
    commandOptions,
    // While one node is away the others go on.
    minimizeConnections: true,
  });
}
