/** How are users kept in PostgreSQL? Each function is one statement, so each is atomic. */
import { randomBytes } from 'node:crypto';
import type { User, Users } from '../users/accounts.ts';
import type { Database } from './connection.ts';

const COLUMNS = 'id, issuer, subject, email, credential_version AS "credentialVersion", disabled';
const RAISED = 'credential_version = credential_version + 1';

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const change = (name: string, text: string, values: unknown[] = []) =>
    run(`users.${name}`, (db) => db.query(text, values));
  /** The user that a statement returns, if any. */
  const one = (name: string, text: string, values: unknown[]) =>
    run(`users.${name}`, async (db) => (await db.query<User>(text, values)).rows[0] ?? null);

  return {
    async findOrCreate(issuer, subject, email) {
      const user: User | null = await one(
        'findOrCreate',
        `INSERT INTO users (id, issuer, subject, email) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email RETURNING ${COLUMNS}`,
        [randomBytes(16).toString('base64url'), issuer, subject, email],
      );
      if (!user) throw new Error('the statement returned no user');
      return user;
    },
    findByIdentity: (issuer, subject) =>
      one('findByIdentity', `SELECT ${COLUMNS} FROM users WHERE issuer = $1 AND subject = $2`, [issuer, subject]),
    findById: (id) => one('findById', `SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]),
    raiseCredentialVersion: (id) => change('raiseCredentialVersion', `UPDATE users SET ${RAISED} WHERE id = $1`, [id]),
    raiseAllCredentialVersions: () => change('raiseAllCredentialVersions', `UPDATE users SET ${RAISED}`),
    disable: (id) => change('disable', `UPDATE users SET disabled = true, ${RAISED} WHERE id = $1`, [id]),
    remove: (id) => change('remove', 'DELETE FROM users WHERE id = $1', [id]),
    list: (limit) =>
      run('users.list', async (db) => {
        return (await db.query<User>(`SELECT ${COLUMNS} FROM users ORDER BY id LIMIT $1`, [limit])).rows;
      }),
  };
}
