import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createCluster } from 'redis';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { connectionsOfTwoTransactions, sql, withMongo, withRedis } from './clients.ts';
import { startFerretDb } from './mongodb.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { startPostgres, startStandby } from './postgres.ts';
import { startRedis, startRedisCluster } from './redis.ts';
import { startReplica } from './redis-replicas.ts';
import type { RunningServer } from './server-process.ts';
import { startOrSkip } from './start-or-skip.ts';

/** Each helper with the real driver: start, write, kill, start again, read back, stop. */

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const started: RunningServer[] = [];
const GIVEN = ['TEST_POSTGRES_URL', 'TEST_REDIS_URL', 'TEST_MONGODB_URL'];
const saved = Object.fromEntries(GIVEN.map((name) => [name, process.env[name]]));

afterEach(async () => {
  for (const database of started.splice(0).reverse()) await database.stop();
  Object.assign(process.env, Object.fromEntries(Object.entries(saved).filter(([, url]) => url)));
});

/** Even where CI hands over servers: these tests are about our own. */
async function startOwn(context: TestContext, start: () => Promise<RunningServer>): Promise<RunningServer> {
  if (start === startFerretDb && saved.TEST_MONGODB_URL)
    context.skip('FerretDB stands for a MongoDB that is there');
  for (const name of GIVEN) delete process.env[name];
  const database = await startOrSkip(context, start);
  started.push(database);
  return database;
}

describe('startPostgres', { timeout: 60_000 }, () => {
  it('keeps what was committed when it is killed and started again', async (context) => {
    const database = await startOwn(context, startPostgres);
    await sql(database.url, 'create table t (id int)', 'insert into t values (7)');
    await database.kill();
    await expect(sql(database.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await database.restart();
    expect(await sql(database.url, 'select id from t')).toEqual([{ id: 7 }]);
  });

  it('answers nobody while it is frozen, and goes on where it was', async (context) => {
    const database = await startOwn(context, startPostgres);
    await database.freeze();
    const answer = sql(database.url, 'select 1 as one');
    const isAnswered = await Promise.race([answer.then(() => true), sleep(300, false)]);
    await database.thaw();
    expect(isAnswered).toBe(false);
    expect(await answer).toEqual([{ one: 1 }]);
  });

  it('lets in nobody without the password', async (context) => {
    const database = await startOwn(context, startPostgres);
    const url = new URL(database.url);
    url.password = 'wrong';
    await expect(sql(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('starts again while a client holds a connection that it loses', async (context) => {
    const database = await startOwn(context, startPostgres);
    const pool = new pg.Pool({ connectionString: database.url }).on('error', () => {});
    const sleeping = pool.query('select pg_sleep(20)').catch((error: Error) => error);
    await pool.query('select 1');
    await database.kill();
    await database.restart();
    expect(await sleeping).toBeInstanceOf(Error);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('gives each test file an empty database of its own on a server it was handed, and takes it away', async (context) => {
    const server = await startOwn(context, startPostgres);
    process.env.TEST_POSTGRES_URL = server.url;
    const first = await startPostgres();
    const second = await startPostgres();
    await sql(first.url, 'create table t (id int)');
    await expect(sql(second.url, 'select * from t')).rejects.toThrow(/does not exist/);
    await expect(first.kill()).rejects.toThrow(/TEST_POSTGRES_URL names a server/);
    await Promise.all([first.stop(), second.stop()]);
    await expect(sql(first.url, 'select 1')).rejects.toThrow(/does not exist/);
  });
});

describe('startStandby', { timeout: 60_000 }, () => {
  it('follows a server, and takes its place when that is lost', async (context) => {
    const server = await startOwn(context, startPostgres);
    const standby = await startOwn(context, () => startStandby(server.url));
    await sql(server.url, 'create table t (id int)', 'insert into t values (7)');
    await expect.poll(() => sql(standby.url, 'select id from t').catch(String)).toEqual([{ id: 7 }]);
    await expect(sql(standby.url, 'insert into t values (8)')).rejects.toThrow(/read-only/);
    await server.kill();
    await sql(standby.url, 'select pg_promote()', 'insert into t values (8)');
    expect(await sql(standby.url, 'select id from t')).toEqual([{ id: 7 }, { id: 8 }]);
  });
});

describe('startPgBouncer', { timeout: 60_000 }, () => {
  it('pools by transaction and survives its own kill and that of the server behind it', async (context) => {
    const server = await startOwn(context, startPostgres);
    const bouncer = await startOwn(context, () => startPgBouncer(server.url));
    await sql(bouncer.url, 'create table t (id int)', 'insert into t values (1)');
    expect(await connectionsOfTwoTransactions(bouncer.url)).toBe('different');
    await bouncer.kill();
    await bouncer.restart();
    expect(await sql(bouncer.url, 'select id from t')).toEqual([{ id: 1 }]);
    await server.kill();
    await server.restart();
    await expect.poll(() => sql(bouncer.url, 'select id from t'), { timeout: 10_000 }).toEqual([{ id: 1 }]);
  });
});

describe('startRedis', { timeout: 60_000 }, () => {
  it('keeps acknowledged writes when it is killed and started again', async (context) => {
    const database = await startOwn(context, startRedis);
    await withRedis(database.url, (client) =>
      client.set('key', 'value', { expiration: { type: 'EX', value: 100 } }),
    );
    await database.kill();
    await database.restart();
    expect(await withRedis(database.url, (client) => client.get('key'))).toBe('value');
    expect(await withRedis(database.url, (client) => client.ttl('key'))).toBeGreaterThan(50);
  });
});

describe('startReplica', { timeout: 60_000 }, () => {
  it('has what its master has, and takes no writes', async (context) => {
    const master = await startOwn(context, startRedis);
    await withRedis(master.url, (client) => client.set('key', 'value'));
    const replica = await startOwn(context, () => startReplica(Number(new URL(master.url).port)));
    expect(await withRedis(replica.url, (client) => client.get('key'))).toBe('value');
    await expect(withRedis(replica.url, (client) => client.set('key', 'other'))).rejects.toThrow(/READONLY/);
  });
});

describe('startRedisCluster', { timeout: 60_000 }, () => {
  it('holds all slots, refuses a command across two of them, and comes back after a kill', async (context) => {
    const database = await startOwn(context, startRedisCluster);
    const write = async () => {
      const cluster = createCluster({ rootNodes: [{ url: database.url }] }).on('error', () => {});
      await cluster.connect();
      await cluster.set('a', '1');
      await cluster.set('b', '2');
      await cluster.close();
    };
    await write();
    const across = withRedis(database.url, (client) => client.sendCommand(['MGET', 'a', 'b']));
    await expect(across).rejects.toThrow(/CROSSSLOT/);
    await database.kill();
    await database.restart();
    expect(await withRedis(database.url, (client) => client.get('b'))).toBe('2');
    await write();
  });
});

describe('startFerretDb', { timeout: 60_000 }, () => {
  it('keeps acknowledged writes when it is killed and started again', async (context) => {
    const database = await startOwn(context, startFerretDb);
    await withMongo(database.url, (t) => t.insertOne({ n: 1, at: new Date(5), bytes: Buffer.from('id') }));
    await database.kill();
    await database.restart();
    const found = await withMongo(database.url, (t) => t.findOne({}, { promoteBuffers: true }));
    expect(found).toMatchObject({ n: 1, at: new Date(5), bytes: Buffer.from('id') });
  });

  it('changes one document atomically, as MongoDB does', async (context) => {
    const database = await startOwn(context, startFerretDb);
    await withMongo(database.url, async (t) => {
      await t.insertOne({ name: 'counter', n: 0, owner: 'nobody' });
      await Promise.all(times(50, () => t.updateOne({ name: 'counter' }, { $inc: { n: 1 } })));
      expect((await t.findOne({ name: 'counter' }))?.n).toBe(50);
      const claims = await Promise.all(
        times(50, (i) => t.updateOne({ owner: 'nobody' }, { $set: { owner: i } })),
      );
      expect(claims.filter(({ modifiedCount }) => modifiedCount === 1)).toHaveLength(1);
    });
  });

  it('accepts an index that expires documents and lists it as MongoDB would', async (context) => {
    const database = await startOwn(context, startFerretDb);
    await withMongo(database.url, async (t) => {
      await t.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
      await t.createIndex({ email: 1 }, { unique: true });
      expect(await t.indexes()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'expiresAt_1', expireAfterSeconds: 0 }),
          { v: 2, name: 'email_1', key: { email: 1 }, unique: true },
        ]),
      );
    });
  });
});

describe('every database', { timeout: 60_000 }, () => {
  it('leaves no data behind and may be stopped twice', async (context) => {
    const before = readdirSync(tmpdir());
    const database = await startOwn(context, startRedis);
    const [folder] = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('redis-') && !before.includes(name),
    );
    await database.stop();
    await database.stop();
    expect(existsSync(`${tmpdir()}/${folder}`)).toBe(false);
  });
});
