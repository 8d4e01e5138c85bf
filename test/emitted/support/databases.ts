import type { TestContext } from 'vitest';
import type { Answers } from '../../../src/options/options.ts';
import { startMongoDb } from '../../databases/mongodb.ts';
import type { RunningServer } from '../../databases/server-process.ts';
import { startOrSkip } from '../../databases/start-or-skip.ts';

/** Databases that a project cannot start itself on every machine of ours. The others it runs as it would for its owner. */
const STARTED_BY_US: Partial<Record<Answers['store'], () => Promise<RunningServer>>> = {
  mongo: startMongoDb,
};

/** Calls with the variables that name the database to a project's tests, and stops it afterwards. */
export async function withDatabaseOf<T>(
  context: TestContext,
  store: Answers['store'],
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const start = STARTED_BY_US[store];
  if (!start) return work({});
  const database = await startOrSkip(context, start);
  try {
    return await work({ TEST_DATABASE_URL: database.url });
  } finally {
    await database.stop();
  }
}
