/**
 * How are users kept in MongoDB? One document each. Every change is one operation on one document and so atomic.
 * Values in filters are behind `$eq`, so that none is read as an operator.
 */
import { randomBytes } from 'node:crypto';
import type { Db, Filter, UpdateFilter } from 'mongodb';
import type { User, Users } from '../users/accounts.ts';
import { isDuplicate } from './client.ts';
import type { Database } from './connection.ts';

/** The email address is the `_id`, which is always unique. */
interface UserDocument extends Omit<User, 'email'> {
  _id: string;
}

const users = (db: Db) => db.collection<UserDocument>('users');

const RAISE = { $inc: { credentialVersion: 1 } };

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const find = (name: string, filter: Filter<UserDocument>): Promise<User | null> =>
    run(name, async (db) => {
      const found = await users(db).findOne(filter);
      return found && toUser(found);
    });

  /** Changes the user with an id, if the version is the expected one or none is expected. */
  const change = (
    name: string,
    id: string,
    update: UpdateFilter<UserDocument>,
    expectedVersion?: number,
  ): Promise<User | null> =>
    run(name, async (db) => {
      const version = expectedVersion === undefined ? {} : { credentialVersion: { $eq: expectedVersion } };
      const filter = { id: { $eq: id }, ...version };
      const changed = await users(db).findOneAndUpdate(filter, update, { returnDocument: 'after' });
      return changed && toUser(changed);
    });

  return {
    create: (email, passwordHash) =>
      run('users.create', (db) => {
        const id = randomBytes(16).toString('base64url');
        const document = { _id: email, id, passwordHash, credentialVersion: 1, disabled: false };
        const inserting = users(db).insertOne(document);
        return inserting.then(
          () => toUser(document),
          (error) => {
            if (isDuplicate(error)) return null;
            throw error;
          },
        );
      }),

    findByEmail: (email) => find('users.findByEmail', { _id: { $eq: email } }),

    findById: (id) => find('users.findById', { id: { $eq: id } }),

    changePassword: (id, expectedVersion, passwordHash) =>
      change('users.changePassword', id, { $set: { passwordHash }, ...RAISE }, expectedVersion),

    renewHash: (id, expectedVersion, passwordHash) =>
      change('users.renewHash', id, { $set: { passwordHash } }, expectedVersion),

    setPassword: (id, passwordHash) => change('users.setPassword', id, { $set: { passwordHash }, ...RAISE }),

    raiseCredentialVersion: (id) => change('users.raiseCredentialVersion', id, RAISE),

    raiseAllCredentialVersions: () => run('users.raiseAllCredentialVersions', (db) => users(db).updateMany({}, RAISE)),

    list: (limit) =>
      run('users.list', async (db) => {
        const found = await users(db).find().sort({ _id: 1 }).limit(limit).toArray();
        return found.map(toUser);
      }),

    disable: (id) => change('users.disable', id, { $set: { disabled: true }, ...RAISE }),

    remove: (id) => run('users.remove', (db) => users(db).deleteOne({ id: { $eq: id } })),
  };
}

function toUser({ _id: email, id, passwordHash, credentialVersion, disabled }: UserDocument): User {
  return { id, email, passwordHash, credentialVersion, disabled };
}
