/** Starts instance.ts as a process of its own, from this build or from another one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClockMessage, InstanceMessage } from './instance.ts';

export interface Instance {
  origin: string;
  /** Sets its clock that much ahead. */
  setAhead(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param directory the project whose dist/ is run */
export async function runInstance(
  directory: string,
  { environment = process.env, slownessMs = 0 }: { environment?: NodeJS.ProcessEnv; slownessMs?: number } = {},
): Promise<Instance> {
  const child = fork(join(directory, 'dist/scripts/attack/instance.js'), [String(slownessMs)], {
    cwd: directory,
    env: environment,
    execArgv: [],
  });
  const ended = once(child, 'exit');
  const answer = async () => {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error('a second instance of the app did not start'))),
    ]);
    return message as InstanceMessage;
  };
  const { origin } = await answer();
  return {
    origin,
    async setAhead(aheadMs) {
      const message: ClockMessage = { aheadMs };
      child.send(message);
      await answer();
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
