/** How are users kept in MongoDB? One document each. Every change is one operation on one document and so atomic. */
import { randomBytes } from 'node:crypto';
import type { Db, UpdateFilter } from 'mongodb';
import type { User, Users } from '../users/accounts.ts';
import { isDuplicate } from './client.ts';
import type { Database } from './connection.ts';

interface UserDocument extends User {
  /** Issuer and subject as one text, as the `_id` is always unique. */
  _id: string;
}

const users = (db: Db) => db.collection<UserDocument>('users');

const RAISE = { $inc: { credentialVersion: 1 } };

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const change = (name: string, id: string, update: UpdateFilter<UserDocument>) =>
    run(name, (db) => users(db).updateOne({ id: { $eq: id } }, update));

  return {
    findOrCreate: (issuer, subject, email) =>
      run('users.findOrCreate', async (db) => {
        const created = { id: randomBytes(16).toString('base64url'), issuer, subject, disabled: false };
        const update = { $set: { email }, $setOnInsert: { ...created, credentialVersion: 1 } };
        const options = { upsert: true, returnDocument: 'after' } as const;
        for (;;) {
          try {
            const found = await users(db).findOneAndUpdate({ _id: identity(issuer, subject) }, update, options);
            if (found) return toUser(found);
          } catch (error) {
            // Of several first sign-ins at once, one inserts. The others find it the next time.
            if (!isDuplicate(error)) throw error;
          }
        }
      }),

    findByIdentity: (issuer, subject) =>
      run('users.findByIdentity', async (db) => {
        const found = await users(db).findOne({ _id: identity(issuer, subject) });
        return found && toUser(found);
      }),

    findById: (id) =>
      run('users.findById', async (db) => {
        const found = await users(db).findOne({ id: { $eq: id } });
        return found && toUser(found);
      }),

    raiseCredentialVersion: (id) => change('users.raiseCredentialVersion', id, RAISE),

    raiseAllCredentialVersions: () => run('users.raiseAllCredentialVersions', (db) => users(db).updateMany({}, RAISE)),

    list: (limit) =>
      run('users.list', async (db) => {
        const found = await users(db).find().sort({ id: 1 }).limit(limit).toArray();
        return found.map(toUser);
      }),

    disable: (id) => change('users.disable', id, { $set: { disabled: true }, ...RAISE }),

    remove: (id) => run('users.remove', (db) => users(db).deleteOne({ id: { $eq: id } })),
  };
}

/** Always a text, so that nothing in it can be read as an operator. */
function identity(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}

function toUser({ _id, ...user }: UserDocument): User {
  return user;
}
