/** What PostgreSQL must hold before the app starts. The app itself needs no right to change it. */
import type { Engine } from '../src/engine.ts';

/** Any number that no other program uses for its own locks. */
const LOCK = 7_236_125_041;

/**
 * All in one transaction, one at a time: several places may run it at once. `timestamptz`, so that the time zone of
 * a connection changes nothing. `full_at` is milliseconds since 1970.
 */
const SCHEMA = `
  SELECT pg_advisory_xact_lock(${LOCK});
  CREATE TABLE IF NOT EXISTS users (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    credential_version integer NOT NULL DEFAULT 1,
    disabled boolean NOT NULL DEFAULT false
  );
  CREATE TABLE IF NOT EXISTS sessions (
    key text PRIMARY KEY,
    user_id text,
    content jsonb NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
  CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (expires_at);
  CREATE TABLE IF NOT EXISTS throttle (
    key text PRIMARY KEY,
    full_at double precision NOT NULL
  );
`;

/** Creates what is missing and leaves what is there. */
export async function setUpEngine({ run }: Engine): Promise<void> {
  await run('setup', (db) => db.query(SCHEMA));
}
