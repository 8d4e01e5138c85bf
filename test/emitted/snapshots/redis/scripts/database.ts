/** Which Redis do development and tests use? The redis-server of this machine, else the one in compose.yaml. */
import { randomBytes } from 'node:crypto';
import { type DevelopmentDatabase, isInstalled, runCompose, runProgram } from './database-process.ts';

export type { DevelopmentDatabase };

const INSTRUCTIONS = `No Redis found. Do one of these:
  sudo apt-get install redis-server    (Debian, Ubuntu)
  brew install redis                   (macOS)
  docker compose up -d --wait          (then set REDIS_URL in .env, as described there)
or set REDIS_URL in .env (for tests: TEST_DATABASE_URL) to a server of yours.`;

/** @param directory where the data is kept; without it the data is deleted at the end, and compose.yaml is not used */
export async function startDevelopmentDatabase(directory?: string): Promise<DevelopmentDatabase> {
  if (isInstalled('redis-server')) return startProgram(directory && `${directory}/redis`);
  const stop = directory && runCompose();
  if (!stop) throw new Error(INSTRUCTIONS);
  return { url: `redis://:${process.env.DATABASE_PASSWORD}@127.0.0.1:6379`, stop };
}

async function startProgram(directory: string | undefined): Promise<DevelopmentDatabase> {
  const password = randomBytes(24).toString('base64url');
  const { port, stop } = await runProgram('redis-server', directory, (port, data) => ({
    args: ['-'],
    // By standard input, as arguments show in the list of processes. No snapshots beside the append-only file: Redis
    // would refuse to stop when it cannot write its last one.
    input: `
      bind 127.0.0.1
      port ${port}
      requirepass ${password}
      dir ${JSON.stringify(data)}
      appendonly yes
      save ""
    `,
  }));
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop };
}
