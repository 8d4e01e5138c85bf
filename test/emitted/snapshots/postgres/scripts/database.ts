/**
 * Which database do development and tests use? PGlite, which is PostgreSQL compiled to WebAssembly, served over a socket
 * so that the app speaks to it exactly as it will in production.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** A database that a script started and must stop. */
export interface DevelopmentDatabase {
  url: string;
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 100;

/** The name that PostgreSQL's clients look for in the folder that they are given as their host. */
const SOCKET_NAME = '.s.PGSQL.5432';

/** The path of a socket has room for about 100 bytes. */
const MAX_FOLDER_BYTES = 70;

/**
 * @param directory where the data is kept; without one it is in memory only. Two processes that open one directory
 *   destroy it without an error, so the caller holds a lock on it.
 */
export async function startDevelopmentDatabase(directory?: string): Promise<DevelopmentDatabase> {
  const db = directory ? await openData(join(directory, 'pglite')) : await PGlite.create();
  keepStatementsWhole(db);
  const folder = createSocketFolder();
  const place = folder ? { path: join(folder, SOCKET_NAME) } : { host: '127.0.0.1', port: 0 };
  const server = new PGLiteSocketServer({ db, ...place, maxConnections: MAX_CONNECTIONS });
  await server.start();
  return {
    url: folder
      ? `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
      : `postgres://postgres@${server.getServerConn()}/postgres`,
    async stop() {
      await server.stop();
      await db.close();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PGlite makes its files readable by everybody. */
async function openData(directory: string): Promise<PGlite> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const db = await PGlite.create({ dataDir: directory }).catch((cause: unknown) => {
    throw new Error(`${directory} cannot be opened. Delete it to start with an empty database.`, { cause });
  });
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  return db;
}

/**
 * PGlite asks for no password, so its socket lies in a folder that other users of this machine cannot enter. Null on
 * Windows, where pg knows no such sockets: there a port of this machine has to do, which its other users can reach.
 */
function createSocketFolder(): string | null {
  if (process.platform === 'win32') return null;
  const parent = Buffer.byteLength(tmpdir()) > MAX_FOLDER_BYTES ? '/tmp' : tmpdir();
  return mkdtempSync(join(parent, 'postgres-'));
}

/** Parse, Bind, Describe, Execute, Close, Flush: after these a statement goes on, until its Sync. */
const STATEMENT_GOES_ON = new Set(Buffer.from('PBDECH'));

/**
 * All connections share the one session of PGlite. The socket server keeps other connections out of a transaction, but
 * not out of a statement: where several wait, their messages would mix, and one would get another's answer. So a
 * statement that goes on is made to look like a transaction.
 */
function keepStatementsWhole(db: PGlite): void {
  const isInTransaction = db.isInTransaction.bind(db);
  const send = db.execProtocolRawStream.bind(db);
  const exec = db.exec.bind(db);
  let goesOn = false;
  db.isInTransaction = () => goesOn || isInTransaction();
  db.execProtocolRawStream = (message, options) => {
    goesOn = STATEMENT_GOES_ON.has(message[0] ?? 0);
    return send(message, options);
  };
  // The rollback after a connection that broke in the middle of a statement.
  db.exec = (...statement) => {
    goesOn = false;
    return exec(...statement);
  };
}
