import type { TestContext } from 'vitest';
import type { Answers } from '../../../src/options/options.ts';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { ProgramMissing, type RunningServer } from '../../databases/server-process.ts';
import { startOrSkip } from '../../databases/start-or-skip.ts';

/**
 * Calls with the variables that name a real database to a project's tests, and stops it afterwards. Redis is the
 * project's own affair; where there is no PostgreSQL it has an embedded one, on which a few tests are skipped.
 */
export async function withDatabaseOf<T>(
  context: TestContext,
  store: Answers['store'],
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const database = await startFor(context, store);
  try {
    return await work(database ? { TEST_DATABASE_URL: database.url } : {});
  } finally {
    await database?.stop();
  }
}

// --- internal ---

async function startFor(context: TestContext, store: Answers['store']): Promise<RunningServer | undefined> {
  if (store === 'mongo') return startOrSkip(context, startMongoDb);
  if (store === 'redis') return undefined;
  return startPostgres().catch((error) => {
    if (error instanceof ProgramMissing && !process.env.REQUIRE_DATABASE) return undefined;
    throw error;
  });
}
