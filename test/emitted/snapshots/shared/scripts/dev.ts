/**
 * What does `npm run dev` do? It starts a database where none is configured, applies migrations, and runs the compiler's
 * watch and the server. It restarts the server when the compiled code, a migration or .env changes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import pretty from 'pino-pretty';
import { DEVELOPMENT_DATABASE_FILE, readDatabaseUrl } from '../src/config.ts';
import { DATABASE_URL_VARIABLE } from '../src/database/connection.ts';
import { migrate } from '../src/database/migrations.ts';
import { STOP_DEADLINE_MS } from '../src/security-policy.ts';
import { createDevelopmentCertificates, writeCertificates } from './certs.ts';
import { type DevelopmentDatabase, startDevelopmentDatabase } from './database.ts';

const DATA_DIRECTORY = '.data';
const LOCK_FILE = `${DATA_DIRECTORY}/dev.pid`;
const IS_WINDOWS = process.platform === 'win32';
const COMPILER = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

/** The compiler and editors write several files at once; after this long without a change they are done. */
const SETTLE_MS = 100;

const LOG_FORMAT = {
  translateTime: 'SYS:HH:MM:ss',
  messageFormat: '{msg}{if method} {method} {path} {status} ({ms} ms){end}',
  ignore: 'pid,hostname,reqId,method,path,status,ms',
  singleLine: true,
  sync: true,
};

/** The server stops by itself before. */
const KILL_AFTER_MS = STOP_DEADLINE_MS + 2000;

/**
 * A shell beside the child stops their whole process group when the pipe from here closes: because end() closes it, or
 * because this process is gone, even by `kill -9`. A server left behind would keep the port. The group matters for the
 * compiler, which Node 20 starts from a wrapper. Windows has neither.
 */
const KILL_GROUP = `i=0; kill 0; while kill -0 $$ && [ $((i += 1)) -le ${KILL_AFTER_MS / 1000} ]; do sleep 1; done; kill -9 0`;
const LIFELINE = `{ trap '' TERM; read -r _; ${KILL_GROUP}; } <&3 >/dev/null 2>&1 & exec "$@" 3<&-`;
const WITH_LIFELINE = IS_WINDOWS ? [] : ['sh', '-c', LIFELINE, 'sh'];

/** The environment without what --env-file added to it: it wins over .env, which is read anew for each start. */
const loaded = readEnvFile();
const GIVEN = Object.fromEntries(Object.entries(process.env).filter(([name, value]) => value !== loaded[name]));

let database: DevelopmentDatabase | undefined;
let server: ChildProcess | undefined;
let compiler: ChildProcess | undefined;
let restarting = Promise.resolve();
let settling: NodeJS.Timeout | undefined;
let isSchemaDue = true;
let isStopping = false;

mkdirSync(DATA_DIRECTORY, { recursive: true });
chmodSync(DATA_DIRECTORY, 0o700);
await takeLock();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
await restart();
compiler = launch([COMPILER, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'], GIVEN, 'inherit');
compiler.once('exit', () => console.error('The compiler exited. Restart npm run dev.'));
watch('dist/src', { recursive: true }, () => scheduleRestart());
watch('.', (_event, name) => name === '.env' && scheduleRestart(true));
if (existsSync('migrations')) watch('migrations', () => scheduleRestart(true));

/** Two processes would destroy the data. Of several that start at once, the last to write its id goes on. */
async function takeLock(): Promise<void> {
  if ([0, process.pid].includes(readLock())) {
    writeFileSync(LOCK_FILE, String(process.pid));
    await sleep(SETTLE_MS);
  }
  if (readLock() === process.pid) return;
  console.error(`npm run dev is already running in this project (process ${readLock()}). If not, delete ${LOCK_FILE}.`);
  process.exit(1);
}

/** The process that holds the lock; 0 when there is none, or it was killed. */
function readLock(): number {
  try {
    const holder = Number(readFileSync(LOCK_FILE, 'utf8'));
    return process.kill(holder, 0) ? holder : 0;
  } catch {
    return 0; // no such file, or no such process of this user
  }
}

function scheduleRestart(withSchema = false): void {
  isSchemaDue ||= withSchema;
  clearTimeout(settling);
  settling = setTimeout(() => {
    restarting = restarting.then(restart);
  }, SETTLE_MS);
}

async function restart(): Promise<void> {
  const env = { ...readEnvFile(), ...GIVEN };
  if (isSchemaDue) await prepare(env);
  await end(server);
  if (isStopping) return;
  server = launch(['dist/src/server.js'], env, 'pipe');
  server.once('exit', () => console.error('Server exited; waiting for changes.'));
}

function readEnvFile(): NodeJS.Dict<string> {
  return existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
}

/** Where this fails the server starts all the same, and says what it misses. */
async function prepare(env: NodeJS.Dict<string>): Promise<void> {
  try {
    await createMissingCertificates(env);
    if (!env[DATABASE_URL_VARIABLE]) {
      database ??= await startDevelopmentDatabase(DATA_DIRECTORY);
      writeFileSync(DEVELOPMENT_DATABASE_FILE, database.url, { mode: 0o600 });
    }
    for (const line of await migrate(readDatabaseUrl(env))) console.log(line);
    isSchemaDue = false;
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    console.error(message || code);
  }
}

async function createMissingCertificates({ TLS_CERT_FILE = '', APP_ORIGINS = '' }: NodeJS.Dict<string>): Promise<void> {
  if (TLS_CERT_FILE !== 'certs/server.pem' || existsSync(TLS_CERT_FILE)) return;
  const names = APP_ORIGINS.split(',').map((origin) => new URL(origin.trim()).hostname.replace(/[[\]]/g, ''));
  writeCertificates('certs', await createDevelopmentCertificates(['localhost', ...names], new Date()));
  console.log('Created certs/server.pem. To trust it, see README.md, "Certificates".');
}

function launch(args: string[], env: NodeJS.Dict<string>, output: 'inherit' | 'pipe'): ChildProcess {
  const [program = '', ...rest] = [...WITH_LIFELINE, process.execPath, ...args];
  const child = spawn(program, rest, { env, stdio: ['ignore', output, 'inherit', 'pipe'], detached: !IS_WINDOWS });
  child.stdout?.pipe(pretty(LOG_FORMAT));
  return child;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child) return;
  child.removeAllListeners('exit');
  if (IS_WINDOWS) child.kill();
  else child.stdio[3]?.destroy();
  if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await Promise.all([end(server), end(compiler)]);
  rmSync(DEVELOPMENT_DATABASE_FILE, { force: true });
  await Promise.race([database?.stop(), sleep(KILL_AFTER_MS)]);
  rmSync(LOCK_FILE, { force: true });
  process.exit(0);
}
