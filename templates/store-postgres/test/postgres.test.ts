/** What only PostgreSQL could get wrong: its plans, its time zones, and its cleaning. */
import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectEngine, type Engine } from '../src/engine.ts';
import { createLog } from '../src/log.ts';
import { createBuckets } from '../src/protection/buckets.ts';
import { keyOf } from '../src/session/keys.ts';
import { createSessionRecords } from '../src/session/records.ts';
import type { SessionRecords } from '../src/session/store.ts';

const random = () => randomBytes(16).toString('base64url');
const NOW = Date.now();
const HOUR_MS = 3_600_000;

/** Enough that a planner in its senses does not read the whole table, few enough to hold nobody up. */
const MANY = 4000;

const record = (userId?: string) => {
  const user = userId === undefined ? {} : { user: { id: userId, credentialVersion: 1 } };
  return { content: { ...user, createdAt: NOW, renewedAt: NOW, client: { ip: '', userAgent: '' } }, lastSeenAt: NOW };
};

describe.skipIf(inject('engineUrl') === null)('what is kept in PostgreSQL', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = connectEngine(inject('engineUrl') ?? '', createLog({ write: () => {} }));
  });
  afterAll(() => engine.close());

  /** What the app sends for a call, to be explained: nothing is changed. */
  async function statementOf(call: (records: SessionRecords) => Promise<unknown>) {
    const sent: [text: string, values: unknown[]][] = [];
    const query = async (...statement: [text: string, values: unknown[]]) => {
      sent.push(statement);
      return { rows: [], rowCount: 0 };
    };
    await call(createSessionRecords({ run: (_name, work) => work({ query } as unknown as Pool) }));
    const [text = '', values = []] = sent[0] ?? [];
    return { text: `EXPLAIN ${text}`, values };
  }

  it('is read, listed, ended and cleaned away by an index, never by going through the whole table', async () => {
    const client = new Client({ connectionString: inject('engineUrl') ?? '' });
    await client.connect();
    const plan = async (call: (records: SessionRecords) => Promise<unknown>) => {
      const { rows } = await client.query(await statementOf(call));
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at)
         SELECT $1 || n, $1 || n % 1000, '{}', now(), now() + n * interval '1 second' FROM generate_series(1, $2::int) AS n`,
        [random(), MANY],
      );
      await client.query('ANALYZE sessions');
      const calls: [index: string, call: (records: SessionRecords) => Promise<unknown>][] = [
        ['sessions_pkey', (records) => records.read('x')],
        ['sessions_by_user', (records) => records.listByUser('x')],
        ['sessions_by_user', (records) => records.removeByUser('x', 'y')],
        ['sessions_by_end', (records) => records.removeExpired(NOW - HOUR_MS)],
      ];
      for (const [index, call] of calls) {
        const text = await plan(call);
        expect(text).toContain(index);
        expect(text).not.toContain('Seq Scan');
      }
    } finally {
      await client.query('ROLLBACK');
      await client.end();
    }
  });

  it('is a time with its zone, so that no setting of a connection moves an end', async () => {
    const { rows } = await engine.run('columns', (pool) =>
      pool.query(`SELECT column_name, data_type FROM information_schema.columns
        WHERE table_name = 'sessions' AND column_name LIKE '%\\_at' ORDER BY 1`),
    );
    expect(rows).toEqual([
      { column_name: 'expires_at', data_type: 'timestamp with time zone' },
      { column_name: 'last_seen_at', data_type: 'timestamp with time zone' },
    ]);
  });

  it('is cleaned of what has ended, by several at once, and of nothing that lives', async () => {
    const records = createSessionRecords(engine);
    const [over, live] = [random(), random()].map((userId) => ({ userId, keys: [keyOf(random()), keyOf(random())] }));
    for (const key of over?.keys ?? []) await records.insert(key, record(over?.userId), NOW - HOUR_MS);
    for (const key of live?.keys ?? []) {
      await records.insert(key, record(live?.userId), NOW - HOUR_MS / 2);
      await records.touch(key, NOW, NOW + HOUR_MS); // activity moves the end
    }
    await Promise.all([1, 2, 3].map(() => records.removeExpired(NOW)));
    expect(await records.listByUser(over?.userId ?? '')).toEqual([]);
    expect(await records.listByUser(live?.userId ?? '')).toHaveLength(2);
  });

  it('forgets a throttling key once all its points are back, and not before', async () => {
    const buckets = createBuckets(engine);
    const limit = { points: 2, perMs: HOUR_MS };
    const [old, fresh] = [random(), random()];
    const start = NOW - 2 * HOUR_MS;
    for (const [key, now] of [
      [old, start],
      [fresh, NOW],
    ] as const) {
      await buckets.take(key, limit, now);
      await buckets.take(key, limit, now);
    }
    await buckets.removeExpired(NOW);
    expect(await buckets.take(old, limit, start)).toBe(0);
    expect(await buckets.take(fresh, limit, NOW)).toBeGreaterThan(0);
  });

  it('answers each of those who wait for the end of a transaction with what it asked for', async () => {
    const client = new Client({ connectionString: inject('engineUrl') ?? '' });
    await client.connect();
    await client.query('BEGIN');
    const asked = Array.from({ length: 8 }, random);
    const ask = (text: string) => engine.run('echo', (pool) => pool.query('SELECT $1::text AS heard', [text]));
    const answers = Promise.all(asked.map(ask));
    await new Promise((wait) => setTimeout(wait, 200));
    await client.query('ROLLBACK');
    expect((await answers).map(({ rows }) => rows[0]?.heard)).toEqual(asked);
    await client.end();
  });
});
