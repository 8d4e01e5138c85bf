import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../package/support/commands.ts';
import { start } from '../../package/support/server.ts';

const ANSWERS_WITHIN_MS = 120_000;

/** Starts a server as its owner would and asks until it answers. @returns the seconds that took */
export async function firstAnswer(
  command: readonly [string, ...string[]],
  directory: string,
  url: string,
  env: Record<string, string>,
): Promise<number> {
  const begin = performance.now();
  const server = await start(command, directory, /./, { env });
  try {
    // curl, because it can be told to take the certificate of the project, which is of no interest here.
    const ask = ['--silent', '--insecure', '--fail', '--max-time', '5', '--output', '/dev/null', url];
    while ((await run('curl', ask, directory)).code !== 0) {
      if (performance.now() - begin > ANSWERS_WITHIN_MS || !server.isRunning()) {
        throw new Error(`${url} does not answer:\n${server.output()}`);
      }
      await sleep(50);
    }
    return Math.round((performance.now() - begin) / 100) / 10;
  } finally {
    await server.end('SIGTERM');
  }
}
