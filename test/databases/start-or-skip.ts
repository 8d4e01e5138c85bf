import type { TestContext } from 'vitest';
import { ProgramMissing } from './server-process.ts';

/** Starts a database. Where its programs are missing the test is skipped with the reason; REQUIRE_DATABASE=1 fails it. */
export async function startOrSkip<T>(context: TestContext, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ProgramMissing && !process.env.REQUIRE_DATABASE) context.skip(error.message);
    throw error;
  }
}
