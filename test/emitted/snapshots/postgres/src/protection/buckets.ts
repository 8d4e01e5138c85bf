/** Throttling points in PostgreSQL: one row and one time per key. */
import type { Engine } from '../engine.ts';
import { type Buckets, costOf } from './login-throttle.ts';

export function createBuckets({ run }: Pick<Engine, 'run'>): Buckets {
  return {
    take: (key, limit, now) =>
      run('throttle.take', async (pool) => {
        // Inserts, or moves the time on if that stays within the limit: one statement, so that requests in
        // parallel cannot take the same point.
        const taken = await pool.query(
          `INSERT INTO throttle AS t (key, full_at) VALUES ($1, $2::float8 + $3)
           ON CONFLICT (key) DO UPDATE SET full_at = greatest(t.full_at, $2) + $3
           WHERE greatest(t.full_at, $2) + $3 <= $2 + $4`,
          [key, now, costOf(limit), limit.perMs],
        );
        if (taken.rowCount === 1) return 0;
        const { rows } = await pool.query('SELECT full_at FROM throttle WHERE key = $1', [key]);
        return Math.max(1, (rows[0]?.full_at ?? now) + costOf(limit) - now - limit.perMs);
      }),
    giveBack: (key, limit) =>
      run('throttle.giveBack', async (pool) => {
        await pool.query('UPDATE throttle SET full_at = full_at - $2 WHERE key = $1', [key, costOf(limit)]);
      }),
    removeExpired: (now) =>
      run('throttle.removeExpired', async (pool) => {
        await pool.query('DELETE FROM throttle WHERE full_at <= $1', [now]);
      }),
  };
}
