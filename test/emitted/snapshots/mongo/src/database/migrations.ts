/** Which indexes are there? MongoDB needs no other schema. */
import { type Db, type IndexDescriptionInfo, MongoServerError } from 'mongodb';
import { DatabaseUnavailable, type SchemaState } from '../errors.ts';
import { createMongo, isOutage } from './client.ts';

interface Index {
  collection: string;
  field: string;
  options: { unique?: true; sparse?: true; expireAfterSeconds?: number };
}

const INDEXES: Index[] = [
  { collection: 'users', field: 'id', options: { unique: true } },
  { collection: 'sessions', field: 'userId', options: { sparse: true } },
  // MongoDB deletes a document once the time in it has passed.
  { collection: 'sessions', field: 'expiresAt', options: { expireAfterSeconds: 0 } },
  { collection: 'throttle', field: 'expiresAt', options: { expireAfterSeconds: 0 } },
];

/** A collection that does not exist has none. */
const NAMESPACE_NOT_FOUND = 26;

/** The longest wait for a server that has just been started. */
const CONNECT_DEADLINE_MS = 5_000;

/**
 * Creates the indexes that are missing. Safe to run repeatedly and concurrently.
 * @returns what it did, a line each
 * @throws DatabaseUnavailable
 */
export async function migrate(url: string): Promise<string[]> {
  const client = createMongo(url, { serverSelectionTimeoutMS: CONNECT_DEADLINE_MS });
  try {
    await client.connect();
    const done: string[] = [];
    for (const { collection, field, options } of await missingIndexes(client.db())) {
      const indexes = client.db().collection(collection);
      const name: string = await indexes.createIndex({ [field]: 1 }, options);
      done.push(`Created the index ${name} on ${collection}.`);
    }
    return done.length > 0 ? done : ['Nothing to do.'];
  } catch (error) {
    throw isOutage(error) ? new DatabaseUnavailable('migrate', error) : error;
  } finally {
    await client.close();
  }
}

/** Reads only: the app's own user need not be allowed to create indexes. */
export async function readSchemaState(db: Db): Promise<SchemaState> {
  return (await missingIndexes(db)).length > 0 ? 'behind' : 'current';
}

async function missingIndexes(db: Db): Promise<Index[]> {
  const isThere = await Promise.all(INDEXES.map((index) => hasIndex(db, index)));
  return INDEXES.filter((_, position) => !isThere[position]);
}

async function hasIndex(db: Db, { collection, field, options }: Index): Promise<boolean> {
  const found = await db.collection(collection).indexes().catch(noneWithoutCollection);
  const wanted = JSON.stringify({ [field]: 1 });
  return found.some(
    (index) => JSON.stringify(index.key) === wanted && index.expireAfterSeconds === options.expireAfterSeconds,
  );
}

function noneWithoutCollection(error: unknown): IndexDescriptionInfo[] {
  if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return [];
  throw error;
}
