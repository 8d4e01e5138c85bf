import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../databases/free-port.ts';
import { atEndOfRun } from '../support/end-of-run.ts';
import { APP_ORIGIN } from './client.ts';
import type { Store } from './scenarios.ts';

/** One process of the app. */
export interface Instance {
  readonly origin: string;
  /** False from its kill until it is there again. */
  readonly isUp: boolean;
  /** How often it ended without being asked to. */
  readonly crashes: number;
  /** Lines of its log about a failure that is no outage. */
  readonly errors: readonly string[];
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Resolves when it listens. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const URL_VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', mongo: 'MONGODB_URL' } as const;
const STARTS_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 15_000;

/** A compiled project as in production, behind a proxy that terminates TLS. The database is on loopback, without TLS. */
export async function startInstance(directory: string, store: Store, databaseUrl: string): Promise<Instance> {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: String(port),
    APP_ORIGINS: APP_ORIGIN,
    SESSION_SECRETS: 'a secret of a rehearsal that has thirty-two bytes or more',
    TRUST_PROXY: '127.0.0.1',
    ALLOW_UNVERIFIED_DATABASE: 'true',
    [URL_VARIABLES[store]]: databaseUrl,
  };
  const errors: string[] = [];
  let child: ChildProcess | undefined;
  let crashes = 0;

  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    const tooLong = setTimeout(() => ending.kill('SIGKILL'), STOPS_WITHIN_MS);
    await gone;
    clearTimeout(tooLong);
  };
  const instance = {
    origin: `http://127.0.0.1:${port}`,
    errors,
    get isUp() {
      return child !== undefined;
    },
    get crashes() {
      return crashes;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      const started = spawn(process.execPath, [join(directory, 'dist/src/server.js')], {
        cwd: directory,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.add(started);
      started.once('exit', (code, signal) => {
        running.delete(started);
        if (child !== started) return;
        child = undefined;
        crashes += 1;
        errors.push(`ended by itself with ${code ?? signal}`);
      });
      await listening(started, errors);
      child = started;
    },
  };
  await instance.start();
  return instance;
}

// --- internal ---

const running = new Set<ChildProcess>();
atEndOfRun(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Reads its log to the end, too: a full pipe would stop it. */
function listening(child: ChildProcess, errors: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const tooLong = setTimeout(() => fail(new Error('the app did not start')), STARTS_WITHIN_MS);
    let rest = '';
    const read = (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.includes('sys_startup')) {
          clearTimeout(tooLong);
          done();
        }
        if (line.includes('"sys_error"') || !line.startsWith('{')) errors.push(line.slice(0, 600));
      }
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('exit', () => fail(new Error(`the app did not start:\n${errors.join('\n')}`)));
  });
}
