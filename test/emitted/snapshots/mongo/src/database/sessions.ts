/**
 * How are sessions kept in MongoDB? One document each. Every change of a document is one operation and so atomic, and
 * an update never inserts. Nothing in a filter can be read as an operator: a key is a hash that this app computed,
 * and every other value is behind `$eq`.
 */
import type { Db } from 'mongodb';
import type { SessionRecord } from '../session/clocks.ts';
import type { SessionContent } from '../session/content.ts';
import type { ListedRecord, SessionRecords } from '../session/store.ts';
import type { Database } from './connection.ts';

interface SessionDocument {
  _id: string;
  /** Absent for a visitor: the index holds signed-in sessions only. */
  userId?: string;
  /** JSON, so that no name or value in it means anything to MongoDB. */
  content: string;
  lastSeenAt: Date;
  /** MongoDB deletes the document some time after this: the TTL index in migrations.ts. */
  expiresAt: Date;
}

const sessions = (db: Db) => db.collection<SessionDocument>('sessions');

export function createSessionRecords({ run }: Pick<Database, 'run'>): SessionRecords {
  return {
    read: (key) =>
      run('sessions.read', async (db) => {
        const found = await sessions(db).findOne({ _id: key });
        return found && toRecord(found);
      }),

    insert: (key, { content, lastSeenAt }, expiresAt) =>
      run('sessions.insert', (db) => {
        const times = { lastSeenAt: new Date(lastSeenAt), expiresAt: new Date(expiresAt) };
        const owner = content.user && { userId: content.user.id };
        return sessions(db).insertOne({ _id: key, ...owner, content: JSON.stringify(content), ...times });
      }),

    update: (key, content) =>
      run('sessions.update', async (db) => {
        const change = { $set: { content: JSON.stringify(content) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount === 1;
      }),

    touch: (key, lastSeenAt, expiresAt) =>
      run('sessions.touch', async (db) => {
        const change = { $set: { lastSeenAt: new Date(lastSeenAt), expiresAt: new Date(expiresAt) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount === 1;
      }),

    remove: (key) =>
      run('sessions.remove', async (db) => {
        return (await sessions(db).deleteOne({ _id: key })).deletedCount === 1;
      }),

    listByUser: (userId) =>
      run('sessions.listByUser', async (db) => {
        const found = await sessions(db)
          .find({ userId: { $eq: userId } })
          .toArray();
        return found.map((document): ListedRecord => ({ key: document._id, ...toRecord(document) }));
      }),

    removeByUser: (userId, exceptKey = '') =>
      run('sessions.removeByUser', (db) => {
        return sessions(db).deleteMany({ userId: { $eq: userId }, _id: { $ne: exceptKey } });
      }),

    removeAll: () => run('sessions.removeAll', (db) => sessions(db).deleteMany({})),

    /** The TTL index does it. */
    removeExpired: async () => {},
  };
}

function toRecord({ content, lastSeenAt }: SessionDocument): SessionRecord {
  return { content: JSON.parse(content) as SessionContent, lastSeenAt: lastSeenAt.getTime() };
}
