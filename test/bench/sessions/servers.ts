import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../databases/free-port.ts';
import type { CpuProfile } from './by-module.ts';

export interface Spent {
  calls: number;
  cpuMicroseconds: number;
}

/** A server under load, in a process of its own. */
export interface Server {
  port: number;
  /** Calls to the database and CPU time since it started. */
  spent(): Promise<Spent>;
  /** What it computes while `work` goes on. */
  profileOf(work: () => Promise<unknown>): Promise<CpuProfile>;
  /** What a module answers that was loaded before the server: see `preloaded`. */
  ask<Answer>(question: string): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Setting {
  framework: string;
  database: 'postgres' | 'redis' | 'mongo';
  databaseUrl: string;
  /** The compiled project. */
  directory: string;
}

const TYPESCRIPT = ['--import', resolve('test/bench/support/typescript.mjs')];
const COUNT = preloaded('sessions/count-calls.mjs', 'sessions/profile.mjs');
const URL_VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', mongo: 'MONGODB_URL' } as const;
const STARTS_WITHIN_MS = 30_000;

/** Modules of the benches for `node --import`. */
export function preloaded(...names: readonly string[]): string[] {
  return names.flatMap((name) => ['--import', resolve('test/bench', name)]);
}

/** The generated project, started as `npm start` does. */
export async function startOurs(
  { database, databaseUrl, directory }: Setting,
  modules = COUNT,
): Promise<Server> {
  const port = await freePort();
  return start(port, directory, [...modules, join(directory, 'dist/src/server.js')], {
    BENCH_STORE: database,
    PORT: String(port),
    APP_ORIGINS: `https://localhost:${port}`,
    SESSION_SECRETS: 'a secret of a bench that has thirty-two bytes or more',
    TLS_CERT_FILE: join(directory, 'certs/server.pem'),
    TLS_KEY_FILE: join(directory, 'certs/server-key.pem'),
    [URL_VARIABLES[database]]: databaseUrl,
  });
}

export async function startStock(setting: Setting, packages: string, lean: boolean): Promise<Server> {
  const { framework, database, databaseUrl, directory } = setting;
  const port = await freePort();
  const server = resolve('test/bench/sessions/stock/server.ts');
  const args = [framework, database, databaseUrl, directory, packages, String(port)];
  const env = { BENCH_STORE: database, BENCH_LEAN: lean ? '1' : '' };
  return start(port, directory, [...TYPESCRIPT, ...COUNT, server, ...args], env);
}

/** Without a framework: see limit/server.ts. */
export async function startLimit({ database, databaseUrl, directory }: Setting): Promise<Server> {
  const port = await freePort();
  const server = resolve('test/bench/sessions/limit/server.ts');
  const args = [database, databaseUrl, directory, String(port)];
  return start(port, directory, [...TYPESCRIPT, ...COUNT, server, ...args], { BENCH_STORE: database });
}

// --- internal ---

async function start(
  port: number,
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await started(child);
  async function ask<Answer>(question: string): Promise<Answer> {
    child.send(question);
    const [answer] = await once(child, 'message');
    return answer;
  }
  return {
    port,
    ask,
    spent: () => ask('spent'),
    async profileOf(work) {
      await ask('profile');
      await work();
      return ask('profiled');
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), sleep(5000).then(() => child.kill('SIGKILL'))]);
    },
  };
}

/** Reads the log on, too: a full pipe would stop the server. */
function started(child: ChildProcess): Promise<void> {
  let text = '';
  return new Promise((done, fail) => {
    const tooLong = setTimeout(() => fail(new Error(`the server did not start:\n${text}`)), STARTS_WITHIN_MS);
    child.stdout?.on('data', (chunk) => {
      if (!text.includes('sys_startup')) text += chunk;
      if (!text.includes('sys_startup')) return;
      clearTimeout(tooLong);
      done();
    });
    child.once('exit', () => fail(new Error(`the server ended:\n${text}`)));
  });
}
