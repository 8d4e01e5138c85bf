import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../databases/postgres.ts';
import type { Adapter, Side } from './adapter.ts';
import { digest, type Session, stockId, stockSession } from './population.ts';

/** Thousands of rows a statement, into tables whose indexes are there: they end up as single inserts leave them. */
const SESSIONS = `INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at)
  SELECT key, user_id, content::jsonb, to_timestamp(seen / 1000), to_timestamp(expires / 1000)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[]) AS t (key, user_id, content, seen, expires)`;
const STOCK_SESSIONS = `INSERT INTO session (sid, sess, expire)
  SELECT sid, sess::json, to_timestamp(expires / 1000)
  FROM unnest($1::text[], $2::text[], $3::float8[]) AS t (sid, sess, expires)`;
const USERS = `INSERT INTO users (id, email, password_hash)
  SELECT id, email, $3 FROM unnest($1::text[], $2::text[]) AS t (id, email)`;

const SCAN = "SELECT count(*) AS sessions FROM session WHERE sess->'content'->'user'->>'id' = $1";

/**
 * Memory as the manual recommends it for a small server, a quarter: the tables of a million sessions (550 MB) do not fit
 * into the default of 128 MB, so that only they would be read from the kernel's cache. And no checkpoint in the middle of
 * a run: each would meet one size.
 */
const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  full_page_writes: 'off',
};

/** How long ago expired records did. */
const LONG_AGO_MS = 30 * 24 * 60 * 60 * 1000;

export const postgres: Adapter = {
  sides: ['ours', 'stock'],
  start: () => startPostgres(SETTINGS),
  idOfUser: (email) => digest(email).slice(0, 22),
  fillUsers: (url, people, passwordHash) =>
    withClient(url, async (client) => {
      for (const users of people.userBatches()) {
        await client.query(USERS, [users.map(({ id }) => id), users.map(({ email }) => email), passwordHash]);
      }
    }),
  prepareStock: (url, packages) =>
    withClient(url, async (client) => {
      await client.query(readFileSync(join(packages, 'node_modules/connect-pg-simple/table.sql'), 'utf8'));
    }),
  fill: (url, side, batches) =>
    withClient(url, async (client) => {
      for (const sessions of batches) await insert(client, side, sessions);
    }),
  settle: (url) =>
    withClient(url, async (client) => {
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
    }),
  stored: (url, { key }) =>
    withClient(url, async (client) => {
      return (await client.query('SELECT * FROM sessions WHERE key = $1', [key])).rows;
    }),
  bytes: (url, side) =>
    withClient(url, async (client) => {
      const table = side === 'ours' ? 'sessions' : 'session';
      const { rows } = await client.query('SELECT pg_total_relation_size($1) AS bytes', [table]);
      return Number(rows[0].bytes);
    }),
  async scan({ db }, userId) {
    return Number((await (db as pg.Pool).query(SCAN, [userId])).rows[0].sessions);
  },
  expired: {
    sides: ['ours', 'stock'],
    share: 0.05,
    fill: (url, side, batches) =>
      withClient(url, async (client) => {
        for (const sessions of batches) await insert(client, side, sessions, LONG_AGO_MS);
      }),
    async remove(_url, store) {
      if ('removeExpired' in store) return void (await store.removeExpired(Date.now()));
      const published = store.store as unknown as { pruneSessions(done: (error?: unknown) => void): void };
      await promisify(published.pruneSessions.bind(published))();
    },
  },
};

// --- internal ---

async function insert(
  client: pg.Client,
  side: Side,
  sessions: readonly Session[],
  earlier = 0,
): Promise<void> {
  const expires = sessions.map(({ expiresAt }) => expiresAt - earlier);
  if (side === 'stock') {
    const content = sessions.map((session) => JSON.stringify(stockSession(session)));
    await client.query(STOCK_SESSIONS, [sessions.map(({ id }) => stockId(id)), content, expires]);
    return;
  }
  await client.query(SESSIONS, [
    sessions.map(({ key }) => key),
    sessions.map(({ user }) => user.id),
    sessions.map(({ content }) => JSON.stringify(content)),
    sessions.map(({ lastSeenAt }) => lastSeenAt - earlier),
    expires,
  ]);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
