import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { isExecutable } from './find-program.ts';
import { freePort } from './free-port.ts';
import { givenDatabase, givenUrl } from './given-database.ts';
import { accepts } from './ready.ts';
import { ProgramMissing, type RunningServer, runServer, temporaryFolder } from './server-process.ts';

/**
 * Linux's file system in memory. SQLite waits for the disk at each write, one write after the other: on a busy disk the
 * races of the tests would meet the app's deadlines. A killed server loses nothing here, only a machine without power.
 */
const MEMORY = '/dev/shm';

/** A database of its own on the server TEST_MONGODB_URL names, else on FerretDB. */
export async function startMongoDb(): Promise<RunningServer> {
  const given = givenUrl('TEST_MONGODB_URL');
  return given ? newDatabaseOn(given) : startFerretDb();
}

/**
 * FerretDB, which speaks MongoDB's wire protocol over SQLite files. It proves the driver's side and what each command
 * does; not query plans, deletion by TTL indexes, transactions or replica sets. See ferretdb/gate.go and ferretdb/sqlite,
 * and ../second-opinion for another server and what neither can judge.
 */
export async function startFerretDb(): Promise<RunningServer> {
  const [command, port] = [builtFerretDb(), await freePort()];
  const folder = temporaryFolder('ferretdb', existsSync(MEMORY) ? MEMORY : undefined);
  const server = await runServer({
    name: 'FerretDB',
    command,
    args: ['-listen', `127.0.0.1:${port}`, '-data', folder],
    folder,
    stopSignal: 'SIGTERM',
    answers: () => accepts(port),
  });
  return { url: `mongodb://127.0.0.1:${port}/test`, ...server };
}

// --- internal ---

/** install.sh names the program after its sources, so a changed source is never tested with an old program. */
function builtFerretDb(): string {
  const sources = ['main.go', 'gate.go', 'ttl.go', 'sqlite/equalities.go', 'go.mod', 'go.sum'];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(join(import.meta.dirname, 'ferretdb', source)));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const name = `ferretdb-${hash.digest('hex').slice(0, 12)}`;
  const program = join(cache, 'create-secure-session-app', name);
  if (!isExecutable(program))
    throw new ProgramMissing('FerretDB is not built: run test/databases/install.sh');
  return program;
}

async function newDatabaseOn(given: string): Promise<RunningServer> {
  const url = new URL(given);
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  // Users are kept in the database that the given URL names, or in admin.
  if (url.username && !url.searchParams.has('authSource')) {
    url.searchParams.set('authSource', new URL(given).pathname.slice(1) || 'admin');
  }
  return givenDatabase('TEST_MONGODB_URL', url.href, () => dropDatabase(url.href));
}

async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}
