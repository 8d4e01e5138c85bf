/**
 * Which migrations are applied? Numbered SQL files, forward only, each applied once, in order, with its checksum. Apply
 * them with a role that may create tables; the app itself needs only SELECT, INSERT, UPDATE and DELETE.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { SchemaState } from '../errors.ts';
import { DATABASE_DEADLINE_MS } from '../security-policy.ts';
import type { Queryable } from './connection.ts';

/** Any number that no other program uses for its own locks. */
const LOCK = 7_236_125_041;

interface Connection extends Queryable {
  connect(): Promise<unknown>;
  end(): Promise<void>;
}

interface Migration {
  /** Such as `001_users.sql`. */
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Applies what is missing, in one transaction and one process at a time. Safe to run repeatedly and concurrently.
 * @returns what was done, a line each
 * @throws Error when an applied file has changed since, or a statement fails; then nothing is applied
 */
export async function migrate(url: string, directory = resolve('migrations')): Promise<string[]> {
  const migrations = readMigrations(directory);
  // A connection of its own: a migration may take longer than any request.
  const bound = { connectionTimeoutMillis: DATABASE_DEADLINE_MS };
  const client: Connection = new Client({ connectionString: url, application_name: 'migrate', ...bound });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const missing = await unapplied(client, migrations);
    for (const { name, sql, checksum } of missing) {
      await apply(client, name, sql);
      await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
    }
    await client.query('COMMIT');
    return missing.length > 0 ? missing.map(({ name }) => `Applied ${name}.`) : ['Nothing to apply.'];
  } finally {
    await client.end(); // rolls back what was not committed
  }
}

/** Reads only: the app's own role need not be allowed to change the schema. */
export async function readSchemaState(db: Queryable): Promise<SchemaState> {
  const { rows } = await db.query("SELECT to_regclass('migrations') IS NOT NULL AS exists");
  if (!rows[0]?.exists) return 'behind';
  return (await unapplied(db, readMigrations(resolve('migrations')))).length > 0 ? 'behind' : 'current';
}

async function apply(client: Connection, name: string, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

async function unapplied(db: Queryable, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await db.query<{ name: string; checksum: string }>('SELECT name, checksum FROM migrations');
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const changed = migrations.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (changed) throw new RangeError(`${changed.name} has changed since it was applied: add a new migration instead`);
  return migrations.filter(({ name }) => !applied.has(name));
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory).filter((name) => /^\d{3,}_.*\.sql$/.test(name));
  return names.sort().map((name) => {
    // Git may check out other line ends on Windows.
    const sql = readFileSync(join(directory, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}
