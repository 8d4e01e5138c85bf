import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { givenDatabase, givenUrl } from './given-database.ts';
import { ask } from './ready.ts';
import { type RunningServer, runServer, temporaryFolder } from './server-process.ts';

export const answersPing = (port: number) => ask(port, 'PING\r\n', /^\+PONG/);

/** Debian's Redis on a free loopback port, or the server TEST_REDIS_URL names, whose keys are left alone. */
export async function startRedis(): Promise<RunningServer> {
  const given = givenUrl('TEST_REDIS_URL');
  if (given) return givenDatabase('TEST_REDIS_URL', given, async () => {});
  const port = await freePort();
  return startRedisNode(port, [], () => answersPing(port));
}

/** One Redis in cluster mode that holds all 16384 slots: a command over keys of two slots fails as in a real cluster. */
export async function startRedisCluster(): Promise<RunningServer> {
  const port = await freePort();
  const args = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
  return startRedisNode(port, [...args, '--cluster-announce-ip', '127.0.0.1'], async () => {
    // A new node has no slots; one that starts again remembers them, and adding them twice is refused harmlessly.
    await ask(port, 'CLUSTER ADDSLOTSRANGE 0 16383\r\n', /^(\+OK|-ERR Slot 0 is already busy)/);
    await ask(port, 'CLUSTER INFO\r\n', /cluster_state:ok/);
  });
}

/** One process with the append-only file on, so that a killed server loses nothing that it had acknowledged. */
export async function startRedisNode(
  port: number,
  more: string[],
  answers: () => Promise<unknown>,
): Promise<RunningServer> {
  const folder = temporaryFolder('redis');
  const args = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const server = await runServer({
    name: 'Redis',
    command: findProgram('redis-server'),
    args: [...args, ...more],
    folder,
    stopSignal: 'SIGTERM',
    answers,
  });
  return { url: `redis://127.0.0.1:${port}`, ...server };
}
