import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { givenDatabase, givenUrl } from './given-database.ts';
import {
  type RunningServer,
  runServer,
  temporaryFolder,
  unprivilegedUser,
  writePrivately,
} from './server-process.ts';

type Settings = Readonly<Record<string, string | number>>;

/**
 * Debian's PostgreSQL on a free loopback port, or an empty database of its own on the server TEST_POSTGRES_URL names.
 * @param changes settings other than the tests', for a server of ours
 */
export async function startPostgres(changes: Settings = {}): Promise<RunningServer> {
  const given = givenUrl('TEST_POSTGRES_URL');
  return given ? newDatabaseOn(given) : newServer(changes);
}

/**
 * A standby that follows one of our own servers by streaming replication. `select pg_promote()` on its URL makes it a
 * server that takes writes.
 */
export async function startStandby(primaryUrl: string): Promise<RunningServer> {
  const folder = temporaryFolder('standby');
  // -R writes where it streams from, with the password.
  const args = ['-D', join(folder, 'data'), '-d', primaryUrl, '-R', '--checkpoint=fast', '--no-sync'];
  initialise(folder, 'pg_basebackup', args);
  return runPostgres(folder, primaryUrl);
}

// --- internal ---

async function newServer(changes: Settings): Promise<RunningServer> {
  const [folder, password] = [temporaryFolder('postgres'), randomBytes(18).toString('base64url')];
  const passwordFile = join(folder, 'password');
  writePrivately(passwordFile, password);
  const access = ['-U', 'app', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const args = ['-D', join(folder, 'data'), ...access, '--no-sync', '--encoding=UTF8', '--locale=C'];
  initialise(folder, 'initdb', args);
  rmSync(passwordFile);
  return runPostgres(folder, `postgres://app:${password}@127.0.0.1/postgres`, changes);
}

/** On the data in the folder, for the user that the address names. */
async function runPostgres(folder: string, access: string, changes: Settings = {}): Promise<RunningServer> {
  const port = await freePort();
  const address = new URL(access);
  address.port = String(port);
  const url = address.href;
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    // A killed server loses nothing without it, only a machine that loses power does.
    fsync: 'off',
    ...changes,
  };
  const server = await runServer({
    name: 'PostgreSQL',
    command: findProgram('postgres'),
    args: [
      '-D',
      join(folder, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    folder,
    refusesRoot: true,
    stopSignal: 'SIGINT', // "fast": does not wait for clients to leave
    answers: () => query(url, 'select 1'),
  });
  return { url, ...server };
}

function initialise(folder: string, program: string, args: readonly string[]): void {
  const options = { cwd: folder, encoding: 'utf8', ...unprivilegedUser() } as const;
  const { status, error, stderr } = spawnSync(findProgram(program), args, options);
  if (status === 0) return;
  rmSync(folder, { recursive: true });
  throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

async function newDatabaseOn(given: string): Promise<RunningServer> {
  const database = `test_${randomBytes(6).toString('hex')}`;
  await query(given, `create database ${database}`);
  const url = new URL(given);
  url.pathname = `/${database}`;
  return givenDatabase('TEST_POSTGRES_URL', url.href, () =>
    query(given, `drop database if exists ${database} with (force)`),
  );
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2000,
    query_timeout: 10_000,
  });
  client.on('error', () => {}); // a server that goes away: the query itself rejects
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
