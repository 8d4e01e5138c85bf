/** How are users kept in PostgreSQL? Each function is one statement, so each is atomic. */
import { randomBytes } from 'node:crypto';
import type { User, Users } from '../users/accounts.ts';
import type { Database } from './connection.ts';

const COLUMNS = 'id, email, password_hash AS "passwordHash", credential_version AS "credentialVersion", disabled';
const RAISED = 'credential_version = credential_version + 1';

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const change = (name: string, text: string, values: unknown[] = []) =>
    run(`users.${name}`, (db) => db.query(text, values));
  /** The user that a statement returns, if any. */
  const one = (name: string, text: string, values: unknown[]) =>
    run(`users.${name}`, async (db) => (await db.query<User>(text, values)).rows[0] ?? null);

  return {
    create: (email, passwordHash) => {
      const statement = `INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)
        ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`;
      return one('create', statement, [randomBytes(16).toString('base64url'), email, passwordHash]);
    },
    findByEmail: (email) => one('findByEmail', `SELECT ${COLUMNS} FROM users WHERE email = $1`, [email]),
    findById: (id) => one('findById', `SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]),
    changePassword: (id, version, passwordHash) => {
      const where = `WHERE id = $1 AND credential_version = $2 RETURNING ${COLUMNS}`;
      const statement = `UPDATE users SET password_hash = $3, ${RAISED} ${where}`;
      return one('changePassword', statement, [id, version, passwordHash]);
    },
    setPassword: (id, passwordHash) =>
      change('setPassword', `UPDATE users SET password_hash = $2, ${RAISED} WHERE id = $1`, [id, passwordHash]),
    renewHash: (id, version, passwordHash) => {
      const statement = 'UPDATE users SET password_hash = $3 WHERE id = $1 AND credential_version = $2';
      return change('renewHash', statement, [id, version, passwordHash]);
    },
    raiseCredentialVersion: (id) => change('raiseCredentialVersion', `UPDATE users SET ${RAISED} WHERE id = $1`, [id]),
    raiseAllCredentialVersions: () => change('raiseAllCredentialVersions', `UPDATE users SET ${RAISED}`),
    disable: (id) => change('disable', `UPDATE users SET disabled = true, ${RAISED} WHERE id = $1`, [id]),
    remove: (id) => change('remove', 'DELETE FROM users WHERE id = $1', [id]),
    list: (limit) =>
      run('users.list', async (db) => {
        return (await db.query<User>(`SELECT ${COLUMNS} FROM users ORDER BY email LIMIT $1`, [limit])).rows;
      }),
  };
}
