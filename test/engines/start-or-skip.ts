import type { TestContext } from 'vitest';
import { type Engine, EngineMissing } from './server-process.ts';

/** Starts an engine. Where its programs are missing the test is skipped with the reason; REQUIRE_ENGINE=1 fails it. */
export async function startOrSkip(context: TestContext, start: () => Promise<Engine>): Promise<Engine> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof EngineMissing && !process.env.REQUIRE_ENGINE) context.skip(error.message);
    throw error;
  }
}
