/**
 * PostgreSQL for development and tests: PGlite, the real database compiled to WebAssembly, served over a socket so
 * that the app speaks to it exactly as it will in production.
 */
import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** A server that a script started and must stop. */
export interface DevelopmentEngine {
  url: string;
  stop: () => Promise<void>;
}

const MAX_CONNECTIONS = 100;

/**
 * @param directory where the data is kept; without one it is gone at the end. Two processes that open one directory
 *   destroy it without an error, so the caller holds a lock on it.
 */
export async function startDevelopmentEngine(directory?: string): Promise<DevelopmentEngine> {
  if (directory) mkdirSync(directory, { recursive: true });
  const db = await PGlite.create({ dataDir: directory && `${directory}/pglite` });
  keepStatementsWhole(db);
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: MAX_CONNECTIONS });
  await server.start();
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres`,
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}

/** Parse, Bind, Describe, Execute, Close, Flush: after these a statement goes on, until its Sync. */
const STATEMENT_GOES_ON = new Set(Buffer.from('PBDECH'));

/**
 * All connections share the one session of PGlite. The socket server keeps the others out of a transaction, but not out
 * of a statement: where several wait, their messages would mix, and one would get the answer of another. To it, a
 * statement that goes on is a transaction too.
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
  // The roll-back after a connection that broke off in between.
  db.exec = (...statement) => {
    goesOn = false;
    return exec(...statement);
  };
}
