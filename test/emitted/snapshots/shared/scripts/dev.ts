/**
 * `npm run dev`: starts the engine where none is configured, sets it up, runs the server, and on each change of a
 * source file checks the types and starts the server anew. Owns the embedded engine: other scripts find its address
 * in .data/engine-url.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DEVELOPMENT_ENGINE_FILE, readConfig } from '../src/config.ts';
import { connectEngine, ENGINE_URL_VARIABLE } from '../src/engine.ts';
import { createLog } from '../src/log.ts';
import { holdLock } from './dev-lock.ts';
import { startDevelopmentEngine } from './development-engine.ts';
import { setUpEngine } from './schema.ts';

const DATA_DIRECTORY = '.data';
const SETTLE_MS = 100;
const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

mkdirSync(DATA_DIRECTORY, { recursive: true });
const releaseLock = holdLock(`${DATA_DIRECTORY}/dev.pid`);

const configured = process.env[ENGINE_URL_VARIABLE];
const engine = configured ? null : await startDevelopmentEngine(DATA_DIRECTORY);
const url = configured || engine?.url || '';
if (engine) writeFileSync(DEVELOPMENT_ENGINE_FILE, url, { mode: 0o600 });
await setUp();

let server = startServer();
let stopping = false;
let timer: NodeJS.Timeout | undefined;
const watcher = watch('src', { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(rebuild, SETTLE_MS);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
announce();

async function setUp(): Promise<void> {
  const connection = connectEngine(url, createLog());
  await setUpEngine(connection);
  await connection.close();
}

function startServer(): ChildProcess {
  const child = spawn(process.execPath, ['dist/src/server.js'], {
    stdio: 'inherit',
    env: { ...process.env, [ENGINE_URL_VARIABLE]: url },
  });
  child.on('exit', (code) => {
    if (code && !stopping) console.error('The server ended. It starts again at the next change.');
  });
  return child;
}

/** The old server goes on until the new code has passed the compiler. */
async function rebuild(): Promise<void> {
  const { status } = spawnSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0 || stopping) return;
  await ended(server);
  server = startServer();
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  clearTimeout(timer);
  watcher.close();
  await ended(server);
  if (engine) {
    rmSync(DEVELOPMENT_ENGINE_FILE, { force: true });
    await engine.stop();
  }
  releaseLock();
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function announce(): void {
  const { origins } = readConfig({ ...process.env, [ENGINE_URL_VARIABLE]: url });
  console.log(`
  ${origins.join('\n  ')}

  Your browser does not know the certificate yet. To trust it: certs/ca.pem, see README.md, "Certificates".
  Or look with: curl --cacert certs/ca.pem ${origins.at(-1)}/livez
`);
}
