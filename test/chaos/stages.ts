/** How is each fault brought about? A stage is a database, or several, with one fault that begins and ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, withRedis } from '../databases/clients.ts';
import { startPgBouncer } from '../databases/pgbouncer.ts';
import { startPostgres, startStandby } from '../databases/postgres.ts';
import { startRedis } from '../databases/redis.ts';
import {
  hasReplica,
  isMaster,
  masterPortOf,
  servesAllSlots,
  startReplica,
  startReplicatedCluster,
  startSentinel,
} from '../databases/redis-replicas.ts';
import type { RunningServer } from '../databases/server-process.ts';
import type { Instance } from './instances.ts';
import { portOf, startProxy } from './proxy.ts';

export interface Stage {
  /** What the app is told. */
  readonly url: string;
  /** Where its schema is created; `url` when absent. */
  readonly schemaUrl?: string;
  /** The servers end the fault: it lasts as long as they take. */
  readonly healsItself?: boolean;
  /** Resolves when the fault is there. */
  begin(instances: readonly Instance[]): Promise<unknown>;
  /** Resolves when what the app needs is in order again. */
  end(instances: readonly Instance[]): Promise<unknown>;
  stop(): Promise<unknown>;
}

const CUT_EVERY_MS = 200;
const IN_ORDER_WITHIN_MS = 30_000;

type Start = () => Promise<RunningServer>;

/** SIGKILL, and started again. */
export const killed = (start: Start) => async (): Promise<Stage> => {
  const server = await start();
  return { url: server.url, begin: server.kill, end: server.restart, stop: server.stop };
};

/** Every process stopped where it is: connections stay open and nothing answers. */
export const frozen = (start: Start) => async (): Promise<Stage> => {
  const server = await start();
  return { url: server.url, begin: server.freeze, end: server.thaw, stop: server.stop };
};

/** An instance of the app is killed and started again. The database is well. */
export const instanceKilled = (start: Start) => async (): Promise<Stage> => {
  const server = await start();
  const first = ([instance]: readonly Instance[]) => instance as Instance;
  return {
    url: server.url,
    begin: (instances) => first(instances).kill(),
    end: (instances) => first(instances).start(),
    stop: server.stop,
  };
};

/** PostgreSQL ends all connections of the app, again and again. */
export async function postgresCut(): Promise<Stage> {
  const server = await startPostgres();
  const all = 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()';
  return { url: server.url, ...again(() => sql(server.url, all)), stop: server.stop };
}

/** Redis ends all connections of the app, again and again. */
export async function redisCut(): Promise<Stage> {
  const server = await startRedis();
  const end = () =>
    withRedis(server.url, (client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']));
  return { url: server.url, ...again(end), stop: server.stop };
}

/** A proxy in front of the server resets all connections, again and again. */
export const cutByProxy = (start: Start) => async (): Promise<Stage> => {
  const server = await start();
  const proxy = await startProxy(portOf(server.url));
  const stop = async () => {
    await proxy.stop();
    await server.stop();
  };
  return { url: proxy.urlOf(server.url), schemaUrl: server.url, ...again(async () => proxy.cut()), stop };
};

/**
 * The server is lost for good, its address is moved to the standby, and that is promoted a second later: until then it
 * reads only.
 * @param isSynchronous a commit waits until the standby has applied it
 */
export const standbyPromoted = (isSynchronous: boolean) => async (): Promise<Stage> => {
  const primary = await startPostgres();
  const standby = await startStandby(primary.url);
  const proxy = await startProxy(portOf(primary.url));
  if (isSynchronous) await makeSynchronous(primary.url);
  return {
    url: proxy.urlOf(primary.url),
    schemaUrl: primary.url,
    async begin() {
      await primary.kill();
      proxy.moveTo(portOf(standby.url));
    },
    end: () => sql(standby.url, 'select pg_promote()'),
    async stop() {
      await proxy.stop();
      await standby.stop();
      await primary.stop();
    },
  };
};

/** PgBouncer in transaction mode is killed and started again. The server behind it is well. */
export async function bouncerKilled(): Promise<Stage> {
  const server = await startPostgres();
  const bouncer = await startPgBouncer(server.url);
  // PgBouncer refuses it at connect, so the role has it, as the project's README says.
  await sql(server.url, `alter role app set statement_timeout = '2s'`);
  return {
    url: `${bouncer.url}?pgbouncer=true`,
    schemaUrl: server.url,
    begin: bouncer.kill,
    end: bouncer.restart,
    async stop() {
      await bouncer.stop();
      await server.stop();
    },
  };
}

/**
 * One of three masters is killed, and the cluster promotes its replica. The lost one comes back as a replica.
 * @param lagMs for how long before the kill the replicas are cut off, and so miss what the masters acknowledge
 */
export const clusterMasterKilled = (lagMs: number) => async (): Promise<Stage> => {
  const { url, nodes } = await startReplicatedCluster();
  const masters = () => Promise.all(nodes.map((node) => isMaster(portOf(node.url))));
  const isServing = () => Promise.all(nodes.map((node) => servesAllSlots(portOf(node.url))));
  await until(async () => (await isServing()).every(Boolean));
  let lost: RunningServer | undefined;
  let back: Promise<void> | undefined;
  return {
    url,
    healsItself: true,
    async begin() {
      const areMasters = await masters();
      lost = nodes.find((_node, index) => areMasters[index]);
      const replicas = lagMs > 0 ? nodes.filter((_node, index) => !areMasters[index]) : [];
      for (const replica of replicas) await replica.freeze();
      if (lagMs > 0 && lost) await dropReplicas(lost.url);
      await sleep(lagMs);
      await lost?.kill();
      for (const replica of replicas) await replica.thaw();
    },
    async end() {
      await until(async () => (await masters()).filter(Boolean).length === 3);
      await until(async () => (await isServing()).filter(Boolean).length === nodes.length - 1);
      back = lost?.restart();
    },
    async stop() {
      await back;
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
};

/**
 * The master is killed, Sentinel promotes the replica, and the address follows, as a proxy that asks Sentinel does it.
 * The project knows no Sentinel: it is told one address.
 */
export async function sentinelFailover(): Promise<Stage> {
  const master = await startRedis();
  const replica = await startReplica(portOf(master.url));
  const sentinel = await startSentinel(portOf(master.url));
  const proxy = await startProxy(portOf(master.url));
  await until(() => hasReplica(portOf(sentinel.url)));
  return {
    url: proxy.urlOf(master.url),
    healsItself: true,
    begin: master.kill,
    async end() {
      await until(async () => (await masterPortOf(portOf(sentinel.url))) === portOf(replica.url));
      await until(() => isMaster(portOf(replica.url)));
      proxy.moveTo(portOf(replica.url));
    },
    async stop() {
      await proxy.stop();
      for (const server of [sentinel, replica, master]) await server.stop();
    },
  };
}

// --- internal ---

/** Does it when the fault begins, and again until it ends. */
function again(work: () => Promise<unknown>): Pick<Stage, 'begin' | 'end'> {
  const over = new AbortController();
  let working: Promise<void> | undefined;
  const repeat = async () => {
    while (!over.signal.aborted) {
      await work();
      await sleep(CUT_EVERY_MS);
    }
  };
  return {
    async begin() {
      working = repeat();
    },
    async end() {
      over.abort();
      await working;
    },
  };
}

async function makeSynchronous(url: string): Promise<void> {
  await sql(url, `alter system set synchronous_standby_names = '*'`);
  await sql(url, `alter system set synchronous_commit = 'remote_apply'`);
  await sql(url, 'select pg_reload_conf()');
  const isSynchronous = `select 1 from pg_stat_replication where sync_state = 'sync'`;
  await until(async () => (await sql(url, isSynchronous)).length === 1);
}

/** A frozen replica would still find in its socket what was sent to it. */
async function dropReplicas(url: string): Promise<void> {
  await withRedis(url, (client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'replica']));
}

/** Polls, as these servers tell nobody when they are ready. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + IN_ORDER_WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the servers did not come in order');
    await sleep(50);
  }
}
