/** Which MongoDB do development and tests use? The mongod of this machine, else one that is fetched or in compose.yaml. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DevelopmentDatabase, isInstalled, runCompose, runProgram } from './database-process.ts';

export type { DevelopmentDatabase };

/** For fetching about 100 MB, once. */
const DOWNLOAD_DEADLINE_MS = 120_000;

const INSTRUCTIONS = `No MongoDB found. Do one of these:
  https://www.mongodb.com/docs/manual/administration/install-community/    (Debian, Ubuntu)
  brew tap mongodb/brew && brew install mongodb-community                 (macOS)
  docker compose up -d --wait          (then set MONGODB_URL in .env, as described there)
or set MONGODB_URL in .env (for tests: TEST_DATABASE_URL) to a server of yours.`;

/**
 * @param directory where the data is kept; without it the data is deleted at the end. Only then, which is for tests, a
 *   mongod is fetched where none is installed, and compose.yaml is not used
 */
export async function startDevelopmentDatabase(directory?: string): Promise<DevelopmentDatabase> {
  if (isInstalled('mongod')) return startProgram(directory && `${directory}/mongodb`);
  if (!directory) return startFetched();
  const stop = runCompose();
  if (!stop) throw new Error(INSTRUCTIONS);
  return {
    url: `mongodb://app:${process.env.DATABASE_PASSWORD}@127.0.0.1:27017/app?authSource=admin`,
    stop,
  };
}

async function startProgram(directory: string | undefined): Promise<DevelopmentDatabase> {
  const { port, stop } = await runProgram('mongod', directory, (port, data) => ({
    args: ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', data],
  }));
  return { url: `mongodb://127.0.0.1:${port}/app`, stop };
}

async function startFetched(): Promise<DevelopmentDatabase> {
  const { MongoMemoryServer } = await import('mongodb-memory-server-core');
  const starting = MongoMemoryServer.create();
  const server = await Promise.race([starting, sleep(DOWNLOAD_DEADLINE_MS, null, { ref: false })]);
  if (server) return { url: server.getUri('app'), stop: async () => void (await server.stop()) };
  starting.then((late) => late.stop()).catch(() => {});
  throw new Error(`There is no mongod, and none could be fetched in ${DOWNLOAD_DEADLINE_MS} ms.`);
}
