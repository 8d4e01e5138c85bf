import { type Collection, MongoClient } from 'mongodb';
import pg from 'pg';
import { createClient } from 'redis';

/** The real drivers, as tests of the databases use them: connect, do one thing, leave. */

/** Runs the statements on one connection and resolves to the rows of the last. */
export async function sql(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** While another client holds a transaction open, a second transaction of ours lands on another server connection. */
export async function connectionsOfTwoTransactions(url: string): Promise<'same' | 'different'> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const [ours, other] = [await pool.connect(), await pool.connect()];
  const serverOf = async () => (await ours.query('select pg_backend_pid() as pid')).rows[0].pid;
  const first = await serverOf();
  await other.query('begin');
  await other.query('select 1');
  const second = await serverOf();
  await other.query('commit');
  for (const client of [ours, other]) client.release();
  await pool.end();
  return first === second ? 'same' : 'different';
}

export async function withRedis<T>(
  url: string,
  work: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client as ReturnType<typeof createClient>);
  } finally {
    client.destroy();
  }
}

export async function withMongo<T>(url: string, work: (collection: Collection) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    return await work(client.db().collection('t'));
  } finally {
    await client.close();
  }
}
