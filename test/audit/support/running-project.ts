import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Answers } from '../../../src/options/options.ts';
import { freePort } from '../../databases/free-port.ts';
import { emit } from '../../emitted/support/emit.ts';
import { startServer } from '../../mutants/support/database.ts';

/** A generated project, built and started as in development, on a real database of its own. */
export interface RunningProject {
  directory: string;
  url: string;
  ca: string;
  /** Builds what the files say now, and starts with an empty database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const COMPILER = resolve('node_modules/.bin/tsc');
const START_DEADLINE_MS = 30_000;

/** Sessions that end while a test waits. */
const SHORT_CLOCKS: readonly (readonly [RegExp, string])[] = [
  [/(IDLE_TIMEOUT_MS =) .*;/, '$1 10 * SECOND_MS;'],
  [/(\bABSOLUTE_TIMEOUT_MS =) .*;/, '$1 20 * SECOND_MS;'],
  [/(REAUTHENTICATION_WINDOW_MS =) .*;/, '$1 2 * SECOND_MS;'],
];

export async function startProject(
  name: string,
  store: Answers['store'],
  flags: readonly string[],
): Promise<RunningProject> {
  const directory = await emit(name, flags);
  const database = await startServer(store);
  const port = await freePort();
  let server: ChildProcess | undefined;
  const stop = async () => {
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await gone;
  };
  const restart = async () => {
    await stop();
    build(directory);
    // A new one each time: nothing must be left of the throttle of the run before.
    const databaseUrl = await database.newDatabase();
    const env = {
      ...environment(),
      DATABASE_URL: databaseUrl,
      REDIS_URL: databaseUrl,
      MONGODB_URL: databaseUrl,
      PORT: String(port),
      APP_ORIGINS: `https://localhost:${port}`,
      LOG_LEVEL: 'error',
    };
    run(directory, env, 'dist/scripts/admin.js', 'migrate');
    const child = spawn(process.execPath, ['--env-file-if-exists=.env', 'dist/src/server.js'], {
      cwd: directory,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    server = child;
    await answering(port, child);
  };
  await restart().catch(async (error) => {
    await stop();
    await database.stop();
    throw error;
  });
  return {
    directory,
    url: `https://localhost:${port}`,
    ca: readFileSync(join(directory, 'certs/ca.pem'), 'utf8'),
    restart,
    close: async () => {
      await stop();
      await database.stop();
    },
  };
}

export function shortenClocks(directory: string): void {
  const file = join(directory, 'src/security-policy.ts');
  const text = SHORT_CLOCKS.reduce(
    (text, [find, replacement]) => {
      if (!find.test(text)) throw new Error(`${file} holds no ${find}`);
      return text.replace(find, replacement);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
}

// --- internal ---

function build(directory: string): void {
  // Mutants need not compile without complaint: code is emitted all the same.
  try {
    execFileSync(COMPILER, ['-p', 'tsconfig.build.json', '--noEmitOnError', 'false'], {
      cwd: directory,
      stdio: 'pipe',
    });
  } catch (error) {
    if (!('stdout' in (error as object))) throw error;
  }
}

function run(directory: string, env: NodeJS.ProcessEnv, ...args: string[]): void {
  execFileSync(process.execPath, ['--env-file-if-exists=.env', ...args], {
    cwd: directory,
    env,
    stdio: 'pipe',
  });
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  const { connect } = await import('node:net');
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the project exited with ${child.exitCode}`);
    const isThere = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('the project does not listen');
}

/** Without what vitest and npm say of our own run. */
function environment(): NodeJS.ProcessEnv {
  const isForeign = /^(npm_|VITEST|CI$|NODE_ENV$|NODE_OPTIONS$|TEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign.test(name)));
}
