/** How are throttling points kept in PostgreSQL? One row per key, with the time when all its points are back. */
import { interval, type ThrottleRecords } from '../protection/throttle.ts';
import type { Database } from './connection.ts';

export function createThrottleRecords({ run }: Pick<Database, 'run'>): ThrottleRecords {
  return {
    consume: (key, limit, now) =>
      run('throttle.consume', async (db) => {
        // Inserts, or moves the time on if that stays within the limit. One statement, so that requests in parallel
        // cannot take the same point.
        const cost = `make_interval(secs => ${interval(limit) / 1000})`;
        const taken = await db.query(
          `INSERT INTO throttle AS t (key, full_at) VALUES ($1, $2::timestamptz + ${cost})
           ON CONFLICT (key) DO UPDATE SET full_at = greatest(t.full_at, $2) + ${cost}
           WHERE greatest(t.full_at, $2) + ${cost} <= $3`,
          [key, new Date(now), new Date(now + limit.perMs)],
        );
        if (taken.rowCount === 1) return 0;
        const { rows } = await db.query<{ full_at: Date }>('SELECT full_at FROM throttle WHERE key = $1', [key]);
        const fullAt = rows[0]?.full_at.getTime() ?? now;
        return Math.max(1, fullAt + interval(limit) - now - limit.perMs);
      }),
    refund: (key, limit) =>
      run('throttle.refund', (db) => {
        const refund = 'UPDATE throttle SET full_at = full_at - make_interval(secs => $2) WHERE key = $1';
        return db.query(refund, [key, interval(limit) / 1000]);
      }),
    removeExpired: (now) =>
      run('throttle.removeExpired', (db) => db.query('DELETE FROM throttle WHERE full_at <= $1', [new Date(now)])),
  };
}
