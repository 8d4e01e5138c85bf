import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { accepts, ask } from './ready.ts';
import { answersPing, startRedisNode } from './redis.ts';
import { type RunningServer, runServer, temporaryFolder, writePrivately } from './server-process.ts';

/** Redis servers that copy one another: a replica, a cluster of three masters with one each, and Sentinel. */

/** How long a silent master is waited for, in milliseconds. The default is 15 s in a cluster and 30 s for Sentinel. */
const MASTER_IS_LOST_AFTER_MS = 1000;

/** Follows one of our own servers. Answers once it has its data. */
export async function startReplica(masterPort: number): Promise<RunningServer> {
  const port = await freePort();
  // The master would wait for 5 seconds, for more of them.
  await ask(masterPort, 'CONFIG SET repl-diskless-sync-delay 0\r\n', /^\+OK/);
  return startRedisNode(port, ['--replicaof', '127.0.0.1', String(masterPort)], () =>
    ask(port, 'INFO replication\r\n', /master_link_status:up/),
  );
}

/** Three masters and a replica of each. The URL lists all of them, separated by commas. */
export async function startReplicatedCluster(): Promise<{ url: string; nodes: RunningServer[] }> {
  const nodes = await Promise.all(Array.from({ length: 6 }, startClusterNode));
  const addresses = nodes.map(({ url }) => new URL(url).host);
  const args = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
  const { status, stdout } = spawnSync(findProgram('redis-cli'), args, { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`the cluster was not made:\n${stdout}`);
  return { url: nodes.map(({ url }) => url).join(','), nodes };
}

/** Whether the node says that every slot is served. */
export async function servesAllSlots(port: number): Promise<boolean> {
  return ask(port, 'CLUSTER INFO\r\n', /cluster_known_nodes/).then(
    (text) => /cluster_state:ok/.test(text),
    no,
  );
}

export async function isMaster(port: number): Promise<boolean> {
  return ask(port, 'ROLE\r\n', /\$\d+\r\n\w+\r\n/).then((text) => /\nmaster\r/.test(text), no);
}

/** One Sentinel, which decides alone. It promotes a replica of the master when that stays silent. */
export async function startSentinel(masterPort: number): Promise<RunningServer> {
  const [folder, port] = [temporaryFolder('sentinel'), await freePort()];
  const configuration = join(folder, 'sentinel.conf'); // it writes to this file
  writePrivately(
    configuration,
    `bind 127.0.0.1\nport ${port}\ndir ${folder}\nsentinel monitor app 127.0.0.1 ${masterPort} 1\n` +
      `sentinel down-after-milliseconds app ${MASTER_IS_LOST_AFTER_MS}\nsentinel failover-timeout app 5000\n`,
  );
  const server = await runServer({
    name: 'Sentinel',
    command: findProgram('redis-server'),
    args: [configuration, '--sentinel'],
    folder,
    refusesRoot: true, // its folder belongs to that user
    stopSignal: 'SIGTERM',
    answers: () => answersPing(port),
  });
  return { url: `redis://127.0.0.1:${port}`, ...server };
}

/** The port of the master, as Sentinel has it. */
export async function masterPortOf(sentinelPort: number): Promise<number> {
  const answer = await ask(sentinelPort, 'SENTINEL GET-MASTER-ADDR-BY-NAME app\r\n', /\r\n(\d+)\r\n$/);
  return Number(/\r\n(\d+)\r\n$/.exec(answer)?.[1]);
}

/** Whether Sentinel knows of a replica that it could promote. */
export async function hasReplica(sentinelPort: number): Promise<boolean> {
  return ask(sentinelPort, 'SENTINEL MASTER app\r\n', /parallel-syncs/).then(
    (text) => /num-slaves\r\n\$1\r\n[1-9]/.test(text),
    no,
  );
}

// --- internal ---

const no = (): boolean => false;

async function startClusterNode(): Promise<RunningServer> {
  const port = await freePort();
  const bus = await freePort(); // the usual one is 10000 higher, which is no port for a high one
  const options = {
    'cluster-enabled': 'yes',
    'cluster-port': bus,
    'cluster-announce-ip': '127.0.0.1',
    'cluster-node-timeout': MASTER_IS_LOST_AFTER_MS,
    'repl-diskless-sync-delay': 0,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return startRedisNode(port, args, () => accepts(port));
}
