/** How are sessions kept in PostgreSQL? Each function is one statement, so each is atomic. */
import type { SessionRecord } from '../session/clocks.ts';
import type { SessionRecords } from '../session/store.ts';
import type { Database } from './connection.ts';

export function createSessionRecords({ run }: Pick<Database, 'run'>): SessionRecords {
  const query = (name: string, text: string, values: unknown[] = []) =>
    run(`sessions.${name}`, (db) => db.query<Row>(text, values));
  const changesOne = async (...statement: Parameters<typeof query>) => (await query(...statement)).rowCount === 1;

  return {
    async read(key) {
      const { rows } = await query('read', 'SELECT content, last_seen_at FROM sessions WHERE key = $1', [key]);
      return rows[0] ? toRecord(rows[0]) : null;
    },
    insert: (key, { content, lastSeenAt }, expiresAt) => {
      const statement =
        'INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)';
      const times = [new Date(lastSeenAt), new Date(expiresAt)];
      return query('insert', statement, [key, content.user?.id, JSON.stringify(content), ...times]);
    },
    update: (key, content) =>
      changesOne('update', 'UPDATE sessions SET content = $2 WHERE key = $1', [key, JSON.stringify(content)]),
    touch: (key, lastSeenAt, expiresAt) => {
      const statement = 'UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE key = $1';
      return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(expiresAt)]);
    },
    remove: (key) => changesOne('remove', 'DELETE FROM sessions WHERE key = $1', [key]),
    async listByUser(userId) {
      const statement = 'SELECT key, content, last_seen_at FROM sessions WHERE user_id = $1';
      const { rows } = await query('listByUser', statement, [userId]);
      return rows.map((row) => ({ key: row.key, ...toRecord(row) }));
    },
    removeByUser: (userId, exceptKey = '') =>
      query('removeByUser', 'DELETE FROM sessions WHERE user_id = $1 AND key <> $2', [userId, exceptKey]),
    removeAll: () => query('removeAll', 'DELETE FROM sessions'),
    // In small steps, past rows that another instance is deleting, until nothing is left: nobody waits for it.
    async removeExpired(now) {
      const statement = `DELETE FROM sessions WHERE key IN (
        SELECT key FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
      while ((await query('removeExpired', statement, [new Date(now)])).rowCount === BATCH);
    },
  };
}

/** Expired rows per statement. */
const BATCH = 1000;

interface Row {
  key: string;
  content: SessionRecord['content'];
  last_seen_at: Date;
}

function toRecord({ content, last_seen_at }: Row): SessionRecord {
  return { content, lastSeenAt: last_seen_at.getTime() };
}
