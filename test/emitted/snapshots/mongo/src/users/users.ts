/**
 * Users in MongoDB. Each function is one operation on one document, so each is atomic. Values go into filters behind
 * `$eq`, so that none is read as an operator.
 */
import { randomBytes } from 'node:crypto';
import type { Db, Filter, UpdateFilter } from 'mongodb';
import { type Engine, isDuplicate } from '../engine.ts';
import type { User, Users } from './user.ts';

/** The e-mail address is the `_id`: unique even where nobody has created an index yet. */
interface UserDocument extends Omit<User, 'email'> {
  _id: string;
}

const users = (db: Db) => db.collection<UserDocument>('users');

const RAISE = { $inc: { credentialVersion: 1 } };

export function createUsers({ run }: Pick<Engine, 'run'>): Users {
  const find = (name: string, filter: Filter<UserDocument>): Promise<User | null> =>
    run(name, async (db) => toUser(await users(db).findOne(filter)));

  /** Changes the user of an id, if the version is the expected one or none is expected. */
  const change = (
    name: string,
    id: string,
    update: UpdateFilter<UserDocument>,
    expectedVersion?: number,
  ): Promise<User | null> =>
    run(name, async (db) => {
      const version = expectedVersion === undefined ? {} : { credentialVersion: { $eq: expectedVersion } };
      const filter = { id: { $eq: id }, ...version };
      return toUser(await users(db).findOneAndUpdate(filter, update, { returnDocument: 'after' }));
    });

  return {
    create: (email, passwordHash) =>
      run('users.create', async (db) => {
        const id = randomBytes(16).toString('base64url');
        const document = { _id: email, id, passwordHash, credentialVersion: 1, disabled: false };
        try {
          await users(db).insertOne(document);
        } catch (error) {
          if (isDuplicate(error)) return null;
          throw error;
        }
        return toUser(document);
      }),

    findByEmail: (email) => find('users.findByEmail', { _id: { $eq: email } }),

    findById: (id) => find('users.findById', { id: { $eq: id } }),

    changePassword: (id, expectedVersion, passwordHash) =>
      change('users.changePassword', id, { $set: { passwordHash }, ...RAISE }, expectedVersion),

    renewHash: async (id, expectedVersion, passwordHash) => {
      await change('users.renewHash', id, { $set: { passwordHash } }, expectedVersion);
    },

    raiseCredentialVersion: async (id) => {
      await change('users.raiseCredentialVersion', id, RAISE);
    },

    raiseAllCredentialVersions: () =>
      run('users.raiseAllCredentialVersions', async (db) => {
        await users(db).updateMany({}, RAISE);
      }),

    disable: async (id) => {
      await change('users.disable', id, { $set: { disabled: true }, ...RAISE });
    },

    remove: (id) =>
      run('users.remove', async (db) => {
        await users(db).deleteOne({ id: { $eq: id } });
      }),
  };
}

function toUser(document: UserDocument | null): User | null {
  if (!document) return null;
  const { _id: email, id, passwordHash, credentialVersion, disabled } = document;
  return { id, email, passwordHash, credentialVersion, disabled };
}
