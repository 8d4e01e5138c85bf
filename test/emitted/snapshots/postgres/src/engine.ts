/** The connection to PostgreSQL: a pool whose calls are bounded, named and mapped to one error. */
import { Pool } from 'pg';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { ENGINE_DEADLINE_MS } from './security-policy.ts';

/** The variable that says where the engine is. */
export const ENGINE_URL_VARIABLE = 'DATABASE_URL';

export interface Engine {
  /**
   * Runs one call. The name says which, such as `sessions.read`: tests delay, cut or fail calls by it.
   * @throws EngineUnavailable
   */
  run<T>(name: string, work: (pool: Pool) => Promise<T>): Promise<T>;
  /** @throws EngineUnavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Needs no connection to begin with: the pool makes one when it is asked, and again after each failure. */
export function connectEngine(url: string, log: Log): Engine {
  const pool = new Pool({
    connectionString: url,
    connectionTimeoutMillis: ENGINE_DEADLINE_MS,
    // Without it the pool would go on waiting for a frozen server, one connection after the other.
    query_timeout: ENGINE_DEADLINE_MS,
  });
  // A connection that breaks while idle: without a listener it would end the process.
  pool.on('error', (err) => log.warn({ event: 'sys_engine_connection_lost', err }, 'an idle connection broke'));

  const run: Engine['run'] = (name, work) => withDeadline(name, () => work(pool));
  return {
    run,
    ping: async () => {
      await run('ping', (db) => db.query('SELECT 1'));
    },
    close: () => pool.end(),
  };
}

/** What makes an address unfit for production: without verified TLS, whoever sits between reads every session. */
export function engineUrlProblem(url: string): string | null {
  if (!URL.canParse(url)) return 'is not an address';
  return new URL(url).searchParams.get('sslmode') === 'verify-full' ? null : 'needs sslmode=verify-full';
}
