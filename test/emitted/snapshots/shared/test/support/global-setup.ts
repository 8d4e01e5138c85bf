/** Which database does a run use? TEST_DATABASE_URL, or else a throw-away one that starts and ends with the run. */
import type { TestProject } from 'vitest/node';
import { startDevelopmentDatabase } from '../../scripts/database.ts';
import { migrate } from '../../src/database/migrations.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null when there is no database to test on. */
    databaseUrl: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL, REQUIRE_DATABASE } = process.env;
  const started = TEST_DATABASE_URL ? null : await start(REQUIRE_DATABASE === '1');
  const url = TEST_DATABASE_URL || started?.url || null;
  if (url) await migrate(url);
  project.provide('databaseUrl', url);
  return async () => {
    await started?.stop();
  };
}

async function start(required: boolean) {
  try {
    return await startDevelopmentDatabase();
  } catch (error) {
    if (required) throw error;
    console.warn(`There is no database to test on, so the tests that need one are skipped. ${error}`);
    return null;
  }
}
