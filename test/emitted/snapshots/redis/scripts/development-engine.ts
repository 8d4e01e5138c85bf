/** Redis for development and tests: the redis-server of this machine, else the one in compose.yaml. */
import { randomBytes } from 'node:crypto';
import { type DevelopmentEngine, isInstalled, runCompose, runProgram } from './engine-process.ts';

export type { DevelopmentEngine };

const INSTRUCTIONS = `There is no Redis. One of these helps:
  sudo apt-get install redis-server    (Debian, Ubuntu)
  brew install redis                   (macOS)
  docker compose up -d --wait          (after that: REDIS_URL in .env, as it says there)
or set REDIS_URL in .env to a server of yours.`;

/** @param directory where the data is kept; without one it is gone at the end, and only an installed Redis will do */
export async function startDevelopmentEngine(directory?: string): Promise<DevelopmentEngine> {
  if (isInstalled('redis-server')) return startProgram(directory && `${directory}/redis`);
  const stop = directory && runCompose();
  if (!stop) throw new Error(INSTRUCTIONS);
  return { url: `redis://:${process.env.ENGINE_PASSWORD}@127.0.0.1:6379`, stop };
}

async function startProgram(directory: string | undefined): Promise<DevelopmentEngine> {
  const password = randomBytes(24).toString('base64url');
  const { port, stop } = await runProgram('redis-server', directory, (port, data) => ({
    args: ['-'],
    // By standard input, as arguments show in the list of processes.
    input: `
      bind 127.0.0.1
      port ${port}
      requirepass ${password}
      dir ${JSON.stringify(data)}
      appendonly yes
    `,
  }));
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop };
}
