/** Users in PostgreSQL. Each function is one statement, so each is atomic. */
import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine.ts';
import type { User, Users } from './user.ts';

const COLUMNS =
  'id, email, password_hash AS "passwordHash", credential_version AS "credentialVersion", disabled';

export function createUsers({ run }: Pick<Engine, 'run'>): Users {
  /** The one user that a statement answers with, if any. */
  const one = (name: string, text: string, values: unknown[]): Promise<User | null> =>
    run(name, async (db) => (await db.query<User>(text, values)).rows[0] ?? null);

  const change = async (name: string, text: string, values: unknown[]): Promise<void> => {
    await run(name, (db) => db.query(text, values));
  };

  return {
    create: (email, passwordHash) =>
      one(
        'users.create',
        `INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)
         ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`,
        [randomBytes(16).toString('base64url'), email, passwordHash],
      ),

    findByEmail: (email) =>
      one('users.findByEmail', `SELECT ${COLUMNS} FROM users WHERE email = $1`, [email]),

    findById: (id) => one('users.findById', `SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]),

    changePassword: (id, expectedVersion, passwordHash) =>
      one(
        'users.changePassword',
        `UPDATE users SET password_hash = $3, credential_version = credential_version + 1
         WHERE id = $1 AND credential_version = $2 RETURNING ${COLUMNS}`,
        [id, expectedVersion, passwordHash],
      ),

    renewHash: (id, expectedVersion, passwordHash) =>
      change(
        'users.renewHash',
        'UPDATE users SET password_hash = $3 WHERE id = $1 AND credential_version = $2',
        [id, expectedVersion, passwordHash],
      ),

    raiseCredentialVersion: (id) =>
      change(
        'users.raiseCredentialVersion',
        'UPDATE users SET credential_version = credential_version + 1 WHERE id = $1',
        [id],
      ),

    raiseAllCredentialVersions: () =>
      change(
        'users.raiseAllCredentialVersions',
        'UPDATE users SET credential_version = credential_version + 1',
        [],
      ),

    disable: (id) =>
      change(
        'users.disable',
        'UPDATE users SET disabled = true, credential_version = credential_version + 1 WHERE id = $1',
        [id],
      ),

    remove: (id) => change('users.remove', 'DELETE FROM users WHERE id = $1', [id]),
  };
}
