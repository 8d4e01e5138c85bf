/** How does the app reach PostgreSQL? A pool whose calls are bounded and named, and wait for the right schema. */
import { DatabaseError, Pool } from 'pg';
import { type ConnectOptions, createCaller, DatabaseUnavailable, type SchemaState } from '../errors.ts';
import { DATABASE_DEADLINE_MS } from '../security-policy.ts';
import { readSchemaState } from './migrations.ts';

/** The variable with the database's address. */
export const DATABASE_URL_VARIABLE = 'DATABASE_URL';

type Result<Row> = { rows: Row[]; rowCount: number | null };

/** What the app uses of pg's pool and connections. */
export interface Queryable {
  query<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Result<Row>>;
}

export interface Database {
  /**
   * Runs one call. The name says which, such as `sessions.read`: tests delay, fail or count calls by it.
   * @throws DatabaseUnavailable, also while the schema is older than the app; a wrong statement throws its own error
   */
  run<T>(name: string, work: (db: Queryable) => Promise<T>): Promise<T>;
  /** The same on one connection, in a transaction that is rolled back when `work` throws. */
  transaction<T>(name: string, work: (db: Queryable) => Promise<T>): Promise<T>;
  /** @throws DatabaseUnavailable */
  ping(): Promise<unknown>;
  /** @throws DatabaseUnavailable */
  schemaState(): Promise<SchemaState>;
  close(): Promise<void>;
}

/** Does not wait for the database: the pool connects when it is asked, and again after each failure. */
export function connectDatabase(url: string, { log, around }: ConnectOptions): Database {
  const address = parseAddress(url);
  const isBehindPgbouncer = address.searchParams.get('pgbouncer') === 'true';
  address.searchParams.delete('pgbouncer'); // pg would send it to the server, which does not know it
  const pool = new Pool({
    connectionString: address.href,
    application_name: 'app',
    connectionTimeoutMillis: DATABASE_DEADLINE_MS,
    // Without it the pool would go on waiting for a frozen server, one connection after the other.
    query_timeout: DATABASE_DEADLINE_MS,
    // So that a statement does not go on after its 503. PgBouncer refuses it at connect: set it on the role there.
    ...(!isBehindPgbouncer && { statement_timeout: DATABASE_DEADLINE_MS }),
  });
  // A connection that breaks while idle. Without a listener it would end the process.
  pool.on('error', (err) => log.warn({ event: 'sys_database_connection_lost', err }, 'an idle connection broke'));
  const call = createCaller(isOutage, around);
  let hasSchema = false;

  const database: Database = {
    run: (name, work) =>
      call(name, async () => {
        hasSchema ||= (await readSchemaState(pool)) === 'current';
        if (!hasSchema) throw new DatabaseUnavailable(name, new Error('a migration is missing: npm run admin migrate'));
        return work(pool);
      }),
    transaction: <T>(name: string, work: (db: Queryable) => Promise<T>) =>
      database.run(name, async () => {
        const client = await pool.connect();
        const connection: Queryable = client;
        try {
          await connection.query('BEGIN');
          const result: T = await work(connection);
          await connection.query('COMMIT');
          client.release();
          return result;
        } catch (error) {
          client.release(true); // closes the connection, which rolls back
          throw error;
        }
      }),
    ping: () => database.run('ping', (pool) => pool.query('SELECT 1')),
    schemaState: () => call('schemaState', () => readSchemaState(pool)),
    close: () => pool.end(),
  };
  return database;
}

/**
 * SQLSTATE classes of a database that does not answer: connection, resources, operator, system; a standby that is read
 * only, as during a fail-over; and what a second try may mend. @see PostgreSQL manual, appendix A
 */
const OUTAGES = /^(08|53|57|58|25006|40001|40P01|55P03)/;

function isOutage(error: unknown): boolean {
  if (error instanceof DatabaseError) return OUTAGES.test(error.code ?? '');
  // pg reports a broken, refused or late connection by a plain Error, or by one of the system with a code.
  return error instanceof Error && (error.constructor === Error || 'code' in error);
}

/**
 * What makes an address unfit for production, null when nothing does: without verified TLS, whoever sits between reads
 * every session. @throws Error for what is no address
 */
export function databaseUrlProblem(url: string): string | null {
  const modes = parseAddress(url).searchParams.getAll('sslmode');
  return modes.length === 1 && modes[0] === 'verify-full' ? null : 'needs exactly one sslmode, verify-full';
}

/**
 * With a `/` or `@` in the password that is not percent-encoded, a part of it would become the name of the database.
 * @throws Error that does not repeat the address, as that contains a password
 */
function parseAddress(url: string): URL {
  const isAddress = /^postgres(ql)?:/.test(url) && URL.canParse(url) && !new URL(url).pathname.includes('@');
  if (!isAddress) throw new Error('must be a postgres:// address; in a password, write / as %2F and @ as %40');
  return new URL(url);
}
