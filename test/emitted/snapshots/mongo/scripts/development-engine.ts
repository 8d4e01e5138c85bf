/** MongoDB for development and tests: the mongod of this machine, else one that is fetched, or the one in compose.yaml. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DevelopmentEngine, isInstalled, runCompose, runProgram } from './engine-process.ts';

export type { DevelopmentEngine };

/** For fetching about 100 MB, once. */
const DOWNLOAD_DEADLINE_MS = 120_000;

const INSTRUCTIONS = `There is no MongoDB. One of these helps:
  https://www.mongodb.com/docs/manual/administration/install-community/    (Debian, Ubuntu; then: npm run dev)
  brew tap mongodb/brew && brew install mongodb-community                 (macOS)
  docker compose up -d --wait          (after that: MONGODB_URL in .env, as it says there)
or set MONGODB_URL in .env to a server of yours.`;

/**
 * @param directory where the data is kept; without one it is gone at the end, which is for tests: only they fetch a
 *   mongod of their own
 */
export async function startDevelopmentEngine(directory?: string): Promise<DevelopmentEngine> {
  if (isInstalled('mongod')) return startProgram(directory && `${directory}/mongodb`);
  if (!directory) return startFetched();
  const stop = runCompose();
  if (!stop) throw new Error(INSTRUCTIONS);
  return {
    url: `mongodb://app:${process.env.ENGINE_PASSWORD}@127.0.0.1:27017/app?authSource=admin`,
    stop,
  };
}

async function startProgram(directory: string | undefined): Promise<DevelopmentEngine> {
  const { port, stop } = await runProgram('mongod', directory, (port, data) => ({
    args: ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', data],
  }));
  return { url: `mongodb://127.0.0.1:${port}/app`, stop };
}

async function startFetched(): Promise<DevelopmentEngine> {
  const { MongoMemoryServer } = await import('mongodb-memory-server-core');
  const starting = MongoMemoryServer.create();
  const server = await Promise.race([starting, sleep(DOWNLOAD_DEADLINE_MS, null, { ref: false })]);
  if (server) return { url: server.getUri('app'), stop: async () => void (await server.stop()) };
  starting.then((late) => late.stop()).catch(() => {});
  throw new Error(`There is no mongod, and none could be fetched in ${DOWNLOAD_DEADLINE_MS} ms.`);
}
