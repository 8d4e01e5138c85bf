/** How does the app use the Redis driver: a client for an address, scripts, and which of its errors mean an outage? */
import { createHash } from 'node:crypto';
import * as redis from 'redis';

interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** The commands in use, which one server and a cluster have in common. */
export interface Db {
  configGet(parameter: string): Promise<Record<string, string>>;
  del(key: string): Promise<number>;
  eval(script: string, input: ScriptInput): Promise<unknown>;
  evalSha(hash: string, input: ScriptInput): Promise<unknown>;
  hGet(key: string, field: string): Promise<string | null>;
  hmGet(key: string, fields: string[]): Promise<(string | null)[]>;
  ping(): Promise<string>;
  scan(cursor: string, options: { MATCH: string; COUNT: number }): Promise<{ cursor: string; keys: string[] }>;
  zRangeWithScores(key: string, first: number, last: number): Promise<{ value: string; score: number }[]>;
  zRem(key: string, members: string | string[]): Promise<number>;
}

/** A plain interface, not the driver's types: the linter must see which calls return a promise. */
export interface RedisConnection extends Db {
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

const RECONNECT_DELAY_MS = 250;

/**
 * One server, or a cluster when there are several addresses: then the first one's user and password are for all.
 * @throws Error without the address, as that contains a password; the driver's errors repeat it
 */
export function createRedis(url: string): RedisConnection {
  try {
    const nodes = url.split(',').map(parseNode);
    if (nodes.length > 1) return createClusterClient(nodes);
    return redis.createClient({ url, socket: { reconnectStrategy: false }, commandOptions });
  } catch {
    throw new Error('must be a redis:// address; in a password, write / as %2F and @ as %40');
  }
}

// The deadline is ours. The driver's own makes an AbortSignal per command, which is slow.
const commandOptions = { timeout: 0 };

function createClusterClient(nodes: URL[]): RedisConnection {
  const [{ protocol, username, password }] = nodes as [URL];
  if (nodes.some((node) => node.protocol !== protocol)) throw new Error('redis: and rediss: in one list');
  return redis.createCluster({
    rootNodes: nodes.map(({ href }) => ({ url: href })),
    defaults: {
      // A call for a node that is down fails now. In a queue it would run after its request was answered with 503.
      disableOfflineQueue: true,
      socket: { tls: protocol === 'rediss:', reconnectStrategy: RECONNECT_DELAY_MS },
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
    commandOptions,
    // While one node is down the others go on.
    minimizeConnections: true,
  });
}

function parseNode(address: string): URL {
  const url = new URL(address);
  // A /, ? or # in a password ends the host part early: the app would connect to a host named like the user.
  const isCutShort = `${url.pathname}${url.search}${url.hash}`.includes('@');
  if (isCutShort || !url.hostname) throw new Error('no host');
  return url;
}

/**
 * How several commands become one atomic step in Redis. Each script works on one key, as two keys could be on two nodes
 * of a cluster.
 */
export type Script<Reply> = (db: Db, key: string, ...values: (string | number)[]) => Promise<Reply>;

/** Sends the script's hash, and its text only to a server that does not know it yet. */
export function script<Reply>(text: string): Script<Reply> {
  const hash = createHash('sha1').update(text).digest('hex');
  return (db, key, ...values) => {
    const input = { keys: [key], arguments: values.map(String) };
    const reply = db.evalSha(hash, input).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return db.eval(text, input);
    });
    return reply as Promise<Reply>;
  };
}

const CONNECTION_ERRORS = [
  redis.ClientClosedError,
  redis.ClientOfflineError,
  redis.ConnectionTimeoutError,
  redis.DisconnectsClientError,
  redis.MaxCommandRedirectionsError,
  redis.RootNodesUnavailableError,
  redis.SocketClosedUnexpectedlyError,
];

/** Starting, failing over, cut off from its cluster or its disk, busy or full. A script's error may stand behind a `-`. */
const OUTAGE_REPLY =
  /(^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|OOM|ERR max number of clients)\b/;

/** Whether Redis did not answer, or cannot serve anybody for now. A wrong command or a wrong reply is neither. */
export function isOutage(error: unknown): boolean {
  if (error instanceof redis.ErrorReply) return OUTAGE_REPLY.test(error.message);
  return CONNECTION_ERRORS.some((kind) => error instanceof kind) || isSocketError(error);
}

/** Node's errors of sockets and names have a code, such as EPIPE. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && ('code' in error || error.message.startsWith('Cannot find node '));
}

/** After a fail-over this server is a replica, and the address may lead to its successor by now. */
export function isDemotion(error: unknown): boolean {
  return error instanceof redis.ErrorReply && /(^|-)READONLY\b/.test(error.message);
}
