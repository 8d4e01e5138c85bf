/** What only PostgreSQL could get wrong: migrations, plans, time zones, outages told from mistakes, and its clean-up. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, vi } from 'vitest';
import { type DevelopmentDatabase, startDevelopmentDatabase } from '../scripts/database.ts';
import { connectDatabase, DATABASE_URL_VARIABLE, databaseUrlProblem } from '../src/database/connection.ts';
import { migrate } from '../src/database/migrations.ts';
import { createSessionRecords } from '../src/database/sessions.ts';
import { DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { CLEAN_UP_INTERVAL_MS, DATABASE_DEADLINE_MS } from '../src/security-policy.ts';
import { keyOf, type SessionRecords } from '../src/session/store.ts';
import { DatabaseProxy } from './support/database.ts';
import { register } from './support/fixtures.ts';
import { it } from './support/process.ts';

const random = () => randomBytes(16).toString('base64url');
const NOW = Date.now();
const HOUR_MS = 3_600_000;

/** Enough that a sensible planner does not read the whole table. */
const MANY = 4000;

const record = (userId?: string) => {
  const user = userId === undefined ? {} : { user: { id: userId, credentialVersion: 1 } };
  return { content: { ...user, createdAt: NOW, renewedAt: NOW, client: { ip: '', userAgent: '' } }, lastSeenAt: NOW };
};

async function withClient<T>(work: (client: Client) => Promise<T>, url = inject('databaseUrl') ?? ''): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

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

/** The embedded PostgreSQL has one session for all connections, and ignores what a connection asks for at its start. */
const isEmbedded = await withClient(async (client) => {
  const { rows } = await client.query('SELECT version() AS version');
  return /wasm|emscripten/i.test(rows[0].version);
});

const dataFolder = mkdtempSync(join(tmpdir(), 'data-'));
let development: Promise<DevelopmentDatabase> | undefined;
afterAll(async () => {
  await (await development)?.stop();
  rmSync(dataFolder, { recursive: true });
});

/** The one of `npm run dev`. Once, as it makes a whole database on disk. */
function developmentDatabase(): Promise<DevelopmentDatabase> {
  development ??= startDevelopmentDatabase(dataFolder);
  return development;
}

/** An empty database, and what removes it. */
async function emptyDatabase(): Promise<DevelopmentDatabase> {
  if (isEmbedded) return { ...(await developmentDatabase()), stop: async () => {} };
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient((client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(inject('databaseUrl') ?? '');
  url.pathname = name;
  const stop = async () => void (await withClient((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)));
  return { url: url.href, stop };
}

describe('migrations', () => {
  let database: DevelopmentDatabase;
  let url: string;
  let folder: string;
  const add = (name: string, sql: string) => writeFileSync(join(folder, name), sql);
  const tables = () =>
    withClient(async (client) => {
      const names = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
      return (await client.query<{ name: string }>(names)).rows.map(({ name }) => name);
    }, url);
  beforeAll(async () => {
    database = await emptyDatabase();
    url = database.url;
  });
  afterAll(() => database.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await withClient((client) => client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'), url);
  });

  it('are applied once, in order, by several processes at the same time', async () => {
    add('002_second.sql', 'INSERT INTO a VALUES (2)');
    add('001_first.sql', 'CREATE TABLE a (n int PRIMARY KEY)\n');
    add('001_first.sql~', 'what an editor left');
    await expect(Promise.all([1, 2, 3].map(() => migrate(url, folder)))).resolves.toHaveLength(3);
    add('001_first.sql', 'CREATE TABLE a (n int PRIMARY KEY)\r\n'); // as git checks it out on Windows
    add('003_third.sql', 'CREATE TABLE b (n int)');
    await expect(migrate(url, folder)).resolves.toEqual(['Applied 003_third.sql.']);
    await migrate(url, folder);
    expect(await tables()).toEqual(['a', 'b', 'migrations']);
  });

  it('are all taken back when one of them fails', async () => {
    add('001_first.sql', 'CREATE TABLE a (n int)');
    add('002_wrong.sql', 'CREATE TABLE b (n no_such_type)');
    await expect(migrate(url, folder)).rejects.toThrow('no_such_type');
    expect(await tables()).toEqual([]);
  });

  it('that have changed since they were applied are an error, and nothing is applied', async () => {
    add('001_first.sql', 'CREATE TABLE a (n int)');
    await migrate(url, folder);
    add('001_first.sql', 'CREATE TABLE a (n bigint)');
    add('002_second.sql', 'CREATE TABLE b (n int)');
    await expect(migrate(url, folder)).rejects.toThrow('001_first.sql');
    expect(await tables()).toEqual(['a', 'migrations']);
  });

  it('that are missing keep the server from starting, and make calls fail until they are applied', async ({
    processes,
  }) => {
    const environment = { ...processes.environment(1), [DATABASE_URL_VARIABLE]: url };
    const { code, output } = await processes.run('src/server.js', [], { environment });
    expect(code).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    const connection = connectDatabase(url, { log: createLog('silent') });
    expect(await connection.schemaState()).toBe('behind');
    await expect(connection.ping()).rejects.toThrow(DatabaseUnavailable);
    await migrate(url);
    await connection.ping();
    expect(await connection.schemaState()).toBe('current');
    await connection.close();
    await withClient((client) => client.query("UPDATE migrations SET checksum = ''"), url);
    const start = processes.serve({ [DATABASE_URL_VARIABLE]: url });
    await expect(start).rejects.toThrow('has changed since it was applied');
  });

  it('are not asked for again once they were all there', async () => {
    await migrate(url);
    const connection = connectDatabase(url, { log: createLog('silent') });
    await connection.ping();
    const query = vi.spyOn(Pool.prototype, 'query');
    await connection.ping();
    expect(query.mock.calls).toEqual([['SELECT 1']]);
    query.mockRestore();
    await connection.close();
  });

  it('give up when the database accepts a connection and says nothing', async () => {
    const proxy = await DatabaseProxy.before(url);
    onTestFinished(() => proxy.close());
    proxy.freeze();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let outcome: unknown = 'waiting';
    void migrate(proxy.url, folder).catch((error) => {
      outcome = error;
    });
    await vi.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    expect(outcome).toBeInstanceOf(Error);
  });

  it('of a newer version of the app are fine, as in a rolling deploy', async () => {
    await migrate(url);
    const newer = "INSERT INTO migrations (name, checksum) VALUES ('999_newer.sql', '')";
    await withClient((client) => client.query(newer), url);
    const connection = connectDatabase(url, { log: createLog('silent') });
    expect(await connection.schemaState()).toBe('current');
    await connection.close();
  });
});

describe('sessions in PostgreSQL', () => {
  it('are read, listed, ended and cleaned up by an index, never by reading the whole table', async () => {
    await withClient(async (client) => {
      const plan = async (call: (records: SessionRecords) => Promise<unknown>) => {
        const { rows } = await client.query(await statementOf(call));
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      };
      await client.query('BEGIN'); // never committed
      await client.query(
        `INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at)
         SELECT $1 || n, $1 || n % 1000, '{}', now(), now() + n * interval '1 second' FROM generate_series(1, $2::int) AS n`,
        [random(), MANY],
      );
      await client.query('ANALYZE sessions');
      const calls: ((records: SessionRecords) => Promise<unknown>)[] = [
        (records) => records.read('x'),
        (records) => records.listByUser('x'),
        (records) => records.removeByUser('x', 'y'),
        (records) => records.removeExpired(NOW - HOUR_MS),
      ];
      for (const call of calls) expect(await plan(call)).not.toContain('Seq Scan');
    });
  });

  it('have times with their zone, so that no setting of a connection moves an end', async ({ app }) => {
    const { rows } = await app.services.database.run('columns', (pool) =>
      pool.query(`SELECT data_type FROM information_schema.columns
        WHERE table_name IN ('sessions', 'throttle') AND column_name LIKE '%\\_at'`),
    );
    expect(new Set(rows.map(({ data_type }) => data_type))).toEqual(new Set(['timestamp with time zone']));
  });

  it('expire at the very second that the clocks say, on insert and on touch', async ({ app }) => {
    const key = keyOf(random());
    const expiresAt = async () => {
      const query = 'SELECT expires_at FROM sessions WHERE key = $1';
      return withClient(async (client) => (await client.query(query, [key])).rows[0].expires_at.getTime());
    };
    await app.records.sessions.insert(key, record(), NOW + HOUR_MS);
    expect(await expiresAt()).toBe(NOW + HOUR_MS);
    await app.records.sessions.touch(key, NOW, NOW + 2 * HOUR_MS);
    expect(await expiresAt()).toBe(NOW + 2 * HOUR_MS);
  });

  it('that have expired are deleted by the server process, with spent keys of the throttle', async ({
    app,
    processes,
    proxy,
  }) => {
    const preload = join(processes.folder, 'preload.mjs');
    writeFileSync(
      preload,
      `const { setInterval } = globalThis;
      let cleanUp = () => {};
      process.on('SIGUSR2', () => cleanUp());
      globalThis.setInterval = (work, ms, ...rest) => {
        if (ms === ${CLEAN_UP_INTERVAL_MS}) cleanUp = work;
        return setInterval(work, ms, ...rest);
      };`,
    );
    const [ended, live] = [keyOf(random()), keyOf(random())];
    await app.records.sessions.insert(ended, record(), Date.now() - 1);
    await app.records.sessions.insert(live, record(), Date.now() + 60_000);
    await app.records.throttle.consume(ended, { points: 1, perMs: 1 }, Date.now() - HOUR_MS);
    const environment = { NODE_OPTIONS: `--import=${pathToFileURL(preload)}`, [DATABASE_URL_VARIABLE]: proxy.url };
    const { process: server, output } = await processes.serve(environment);
    const cleanUp = () => server.kill('SIGUSR2');
    await proxy.refuse();
    const isOver = () => !cleanUp() || output().includes('will try again'); // or the process has ended
    await expect.poll(isOver, { timeout: 10_000 }).toBe(true);
    expect(output()).toContain('will try again');
    await proxy.accept();
    const count = (table: string) =>
      withClient(async (client) => (await client.query(`SELECT 1 FROM ${table} WHERE key = $1`, [ended])).rowCount);
    const counts = async () => [cleanUp(), await count('sessions'), await count('throttle')];
    await expect.poll(counts, { timeout: 10_000 }).toEqual([true, 0, 0]);
    expect(await app.records.sessions.read(live)).not.toBeNull();
  });

  it('are deleted once they have expired, however many there are and by several at once, and no live one', async ({
    app,
  }) => {
    const { sessions } = app.records;
    const over = random();
    await withClient((client) =>
      client.query(
        `INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at)
         SELECT $1 || n, $1, '{}', now(), to_timestamp(0) FROM generate_series(1, 2500) AS n`,
        [over],
      ),
    );
    const live = random();
    for (const key of [keyOf(random()), keyOf(random())]) {
      await sessions.insert(key, record(live), NOW - HOUR_MS / 2);
      await sessions.touch(key, NOW, NOW + HOUR_MS); // activity moves the end
    }
    await Promise.all([1, 2, 3].map(() => sessions.removeExpired(NOW)));
    expect(await sessions.listByUser(over)).toEqual([]);
    expect(await sessions.listByUser(live)).toHaveLength(2);
  });
});

describe('the development database', () => {
  const isWindows = process.platform === 'win32';
  const SLOWLY = { timeout: 60_000 }; // it makes a whole database on disk
  it.skipIf(isWindows)('keeps its data where nobody else on this machine can read it', SLOWLY, async () => {
    const { url } = await developmentDatabase();
    const socket = new URL(url).searchParams.get('host') ?? '';
    for (const folder of [socket, join(dataFolder, 'pglite')]) expect(statSync(folder).mode & 0o077).toBe(0);
  });
});

describe('throttling in PostgreSQL', () => {
  it('forgets a key once all its points are back, and not before', async ({ app }) => {
    const { throttle } = app.records;
    const limit = { points: 2, perMs: HOUR_MS };
    const [old, fresh] = [random(), random()];
    const start = NOW - 2 * HOUR_MS;
    for (const [key, now] of [
      [old, start],
      [fresh, NOW],
    ] as const) {
      await throttle.consume(key, limit, now);
      await throttle.consume(key, limit, now);
    }
    await throttle.removeExpired(NOW);
    expect(await throttle.consume(old, limit, start)).toBe(0);
    expect(await throttle.consume(fresh, limit, NOW)).toBeGreaterThan(0);
  });
});

/** What the embedded one cannot show: TEST_DATABASE_URL names a server. */
describe.skipIf(isEmbedded)('a PostgreSQL server', () => {
  it('lets a migration take longer than any request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    writeFileSync(join(folder, '001_slow.sql'), 'CREATE TABLE a (n int); DO $$ BEGIN PERFORM pg_sleep(0.4); END $$');
    const database = await emptyDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await withClient((client) => client.query(`ALTER DATABASE ${name} SET statement_timeout = 200`));
    const done = await migrate(database.url, folder).catch((error: Error) => error.message);
    await database.stop();
    rmSync(folder, { recursive: true });
    expect(done).toHaveLength(1);
  });

  it('stops a statement at the deadline on the server too, and says who asked', async ({ app }) => {
    const settings =
      "SELECT current_setting('statement_timeout') AS timeout, current_setting('application_name') AS name";
    const { rows } = await app.services.database.run('settings', (pool) => pool.query(settings));
    expect(rows).toEqual([{ timeout: '2s', name: 'app' }]);
  });
});

describe('the connection to PostgreSQL', () => {
  it('reports a wrong statement as it is, and never as an outage', async ({ app }) => {
    const { database } = app.services;
    for (const [statement, code] of [
      ['SELECT no_such_column FROM users', '42703'],
      ['SELEKT 1', '42601'],
      ["INSERT INTO throttle VALUES ('x', NULL)", '23502'],
    ]) {
      await expect(database.run('wrong', (pool) => pool.query(statement ?? ''))).rejects.toMatchObject({ code });
    }
    await expect(database.run('wrong', async () => JSON.parse('{'))).rejects.toThrow(SyntaxError);
    const { id } = await register(app);
    const insert = "INSERT INTO users (id, email, password_hash) VALUES ($1, 'x', '')";
    await expect(database.run('twice', (pool) => pool.query(insert, [id]))).rejects.toMatchObject({ code: '23505' });
  });

  it.for([
    ['shuts down', '57P01'],
    ['starts', '57P03'],
    ['has no connection left', '53300'],
    ['is a standby', '25006'],
    ['ends a deadlock', '40P01'],
    ['asks for another try', '40001'],
    ['waits for a lock in vain', '55P03'],
  ] as const)('reports a server that %s as an outage', async ([_what, code], { app }) => {
    const statement = `DO $$ BEGIN RAISE EXCEPTION 'as the server would' USING ERRCODE = '${code}'; END $$`;
    const call = app.services.database.run('refused', (pool) => pool.query(statement));
    await expect(call).rejects.toThrow(DatabaseUnavailable);
  });

  it('takes a transaction back when it fails, and uses another connection after it', async ({ app }) => {
    const { database } = app.services;
    const id = random();
    const insert = "INSERT INTO users (id, email, password_hash) VALUES ($1, $1, '')";
    const failing = database.transaction('failing', async (client) => {
      await client.query(insert, [id]);
      throw new RangeError('changed my mind');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await app.records.users.findById(id)).toBeNull();
    await database.transaction('working', (client) => client.query(insert, [id]));
    expect(await app.records.users.findById(id)).not.toBeNull();
    await app.records.users.remove(id);
  });

  it.each([
    'postgres://app:password@db.example:5432/app',
    'postgres://app:password@db.example:5432/app?sslmode=require',
    'postgres://app:password@db.example:5432/app?sslmode=no-verify',
    'postgres://app:password@db.example:5432/app?sslmode=verify-full&sslmode=disable',
    'postgres://app:password@db.example:5432/app?host=/tmp&sslmode=disable',
  ])('is refused in production without verified TLS, and the address is not repeated: %s', (url) => {
    const problem = databaseUrlProblem(url) ?? '';
    expect(problem).not.toBe('');
    expect(problem).not.toMatch(/password|db\.example/);
  });

  it.each([
    'postgres://app:hid/den@db.example:5432/app',
    'postgres://app:123/den@db.example:5432/app',
    'socket:/var/run/postgresql?sslmode=verify-full&den',
    'den',
  ])('is not tried with what is no address, and the error does not repeat it: %s', (url) => {
    const message = expect.not.stringMatching(/den|db\.example/);
    for (const use of [connectDatabase, databaseUrlProblem]) {
      expect(() => use(url, { log: createLog('silent') })).toThrow(expect.objectContaining({ message }));
    }
  });

  it('is accepted in production with verified TLS', () => {
    expect(databaseUrlProblem('postgres://app:password@db.example:5432/app?sslmode=verify-full')).toBeNull();
  });

  it('gives each of those who wait for the end of a transaction the answer to what they asked', async ({ app }) => {
    await withClient(async (client) => {
      await client.query('BEGIN');
      const asked = Array.from({ length: 8 }, random);
      const ask = (text: string) =>
        app.services.database.run('echo', (pool) => pool.query('SELECT $1::text AS heard', [text]));
      const answers = Promise.all(asked.map(ask));
      await client.query('SELECT 1');
      await client.query('ROLLBACK');
      expect((await answers).map(({ rows }) => rows[0]?.heard)).toEqual(asked);
    });
  });
});
