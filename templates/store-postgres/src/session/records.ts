/** Sessions in PostgreSQL. Each function is one statement, so each is atomic. */
import type { Engine } from '../engine.ts';
import type { SessionRecord } from './clocks.ts';
import type { ListedRecord, SessionRecords } from './store.ts';

export function createSessionRecords({ run }: Pick<Engine, 'run'>): SessionRecords {
  return {
    read: (key) =>
      run('sessions.read', async (db) => {
        const { rows } = await db.query('SELECT content, last_seen_at FROM sessions WHERE key = $1', [key]);
        return rows[0] ? toRecord(rows[0]) : null;
      }),

    insert: (key, { content, lastSeenAt }, expiresAt) =>
      run('sessions.insert', async (db) => {
        await db.query(
          'INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
          [key, content.user?.id ?? null, JSON.stringify(content), new Date(lastSeenAt), new Date(expiresAt)],
        );
      }),

    update: (key, content) =>
      run('sessions.update', async (db) => {
        const { rowCount } = await db.query('UPDATE sessions SET content = $2 WHERE key = $1', [
          key,
          JSON.stringify(content),
        ]);
        return rowCount === 1;
      }),

    touch: (key, lastSeenAt, expiresAt) =>
      run('sessions.touch', async (db) => {
        const { rowCount } = await db.query(
          'UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE key = $1',
          [key, new Date(lastSeenAt), new Date(expiresAt)],
        );
        return rowCount === 1;
      }),

    remove: (key) =>
      run('sessions.remove', async (db) => {
        const { rowCount } = await db.query('DELETE FROM sessions WHERE key = $1', [key]);
        return rowCount === 1;
      }),

    listByUser: (userId) =>
      run('sessions.listByUser', async (db) => {
        const { rows } = await db.query(
          'SELECT key, content, last_seen_at FROM sessions WHERE user_id = $1',
          [userId],
        );
        return rows.map((row): ListedRecord => ({ key: row.key, ...toRecord(row) }));
      }),

    removeByUser: (userId, exceptKey = '') =>
      run('sessions.removeByUser', async (db) => {
        await db.query('DELETE FROM sessions WHERE user_id = $1 AND key <> $2', [userId, exceptKey]);
      }),

    removeAll: () =>
      run('sessions.removeAll', async (db) => {
        await db.query('DELETE FROM sessions');
      }),

    removeExpired: (now) =>
      run('sessions.removeExpired', async (db) => {
        // In small steps, and past rows that another instance is removing: nobody waits for the cleaning.
        await db.query(
          `DELETE FROM sessions WHERE key IN (
             SELECT key FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
          [new Date(now)],
        );
      }),
  };
}

function toRecord(row: { content: SessionRecord['content']; last_seen_at: Date }): SessionRecord {
  return { content: row.content, lastSeenAt: row.last_seen_at.getTime() };
}
