import type { TestContext } from 'vitest';
import { EngineMissing } from './server-process.ts';

/** Starts an engine. Where its programs are missing the test is skipped with the reason; REQUIRE_ENGINE=1 fails it. */
export async function startOrSkip<T>(context: TestContext, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof EngineMissing && !process.env.REQUIRE_ENGINE) context.skip(error.message);
    throw error;
  }
}
