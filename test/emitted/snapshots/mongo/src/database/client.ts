/** How does the app use the MongoDB driver: a client for an address, and which of its errors mean an outage? */
import * as mongodb from 'mongodb';

/** A plain interface, not the driver's types: the linter must see which calls return a promise. */
export interface MongoConnection {
  connect(): Promise<unknown>;
  db(): mongodb.Db;
  close(): Promise<void>;
  readonly options: { tls: boolean; rejectUnauthorized?: boolean; checkServerIdentity?: unknown };
}

/** @throws Error without the address, as that contains a password; the driver's errors repeat parts of it */
export function createMongo(url: string, options?: mongodb.MongoClientOptions): MongoConnection {
  try {
    // A / in a password ends the host part early: the rest of the password would be the name of the database.
    if (/\/\/[^/?]*\/[^?]*@/.test(url)) throw new Error('an @ after the hosts');
    return new mongodb.MongoClient(url, options);
  } catch {
    throw new Error('must be a mongodb:// address; in a password, write / as %2F and @ as %40');
  }
}

const CONNECTION_ERRORS = [
  mongodb.MongoClientClosedError,
  mongodb.MongoExpiredSessionError, // of a call under way while the client is closed: we use no sessions of our own
  mongodb.MongoNetworkError,
  mongodb.MongoNotConnectedError,
  mongodb.MongoServerClosedError,
  mongodb.MongoServerSelectionError,
  mongodb.MongoStalePrimaryError,
  mongodb.MongoTopologyClosedError,
];

/** Errors of the pool, whose classes the driver does not export: the server is being left, or has no connection free. */
const POOL_ERRORS = ['MongoPoolClosedError', 'MongoWaitQueueTimeoutError'];

/**
 * Codes of a server that is shutting down, failing over, cut off from its replica set, or full.
 * @see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const OUTAGE_CODES = [6, 7, 89, 91, 133, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 14031];

/** Whether MongoDB did not answer, or cannot serve anybody for now. A wrong command or a duplicate is neither. */
export function isOutage(error: unknown): boolean {
  // A connection that is lost while the driver writes: it passes on Node's error, with a code such as EPIPE.
  if (!(error instanceof mongodb.MongoError)) return error instanceof Error && 'code' in error;
  if (error.hasErrorLabel(mongodb.MongoErrorLabel.RetryableWriteError)) return true;
  if (error instanceof mongodb.MongoServerError) return OUTAGE_CODES.includes(Number(error.code));
  return POOL_ERRORS.includes(error.name) || CONNECTION_ERRORS.some((kind) => error instanceof kind);
}

/** Somebody else was first to write a document with that id, or with that value in a unique index. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongodb.MongoServerError && error.code === 11_000;
}
