/**
 * Sessions in MongoDB. Each function changes a document in one operation, or each of several in one, so each is
 * atomic. An update never inserts. Nothing in a filter can be read as an operator: a key is a hash that this app
 * computed, everything else stands behind `$eq`.
 */
import type { Db } from 'mongodb';
import type { Engine } from '../engine.ts';
import type { SessionRecord } from './clocks.ts';
import type { SessionContent } from './content.ts';
import type { ListedRecord, SessionRecords } from './store.ts';

interface SessionDocument {
  _id: string;
  /** Absent for a visitor: the index holds signed-in sessions only. */
  userId?: string;
  /** JSON: no name or value in it has a meaning to MongoDB. */
  content: string;
  lastSeenAt: Date;
  /** MongoDB deletes the document some time after it: the TTL index in schema.ts. */
  expiresAt: Date;
}

const sessions = (db: Db) => db.collection<SessionDocument>('sessions');

export function createSessionRecords({ run }: Pick<Engine, 'run'>): SessionRecords {
  return {
    read: (key) =>
      run('sessions.read', async (db) => {
        const found = await sessions(db).findOne({ _id: key });
        return found && toRecord(found);
      }),

    insert: (key, { content, lastSeenAt }, expiresAt) =>
      run('sessions.insert', async (db) => {
        await sessions(db).insertOne({
          _id: key,
          ...(content.user && { userId: content.user.id }),
          content: JSON.stringify(content),
          lastSeenAt: new Date(lastSeenAt),
          expiresAt: new Date(expiresAt),
        });
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
      run('sessions.removeByUser', async (db) => {
        await sessions(db).deleteMany({ userId: { $eq: userId }, _id: { $ne: exceptKey } });
      }),

    removeAll: () =>
      run('sessions.removeAll', async (db) => {
        await sessions(db).deleteMany({});
      }),

    /** The TTL index does it. */
    removeExpired: async () => {},
  };
}

function toRecord({ content, lastSeenAt }: SessionDocument): SessionRecord {
  return { content: JSON.parse(content) as SessionContent, lastSeenAt: lastSeenAt.getTime() };
}
