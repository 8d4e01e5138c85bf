import { readEngineUrl } from '../src/config.ts';
import { EngineUnavailable } from '../src/deadline.ts';
import { connectEngine, ENGINE_URL_VARIABLE, type Engine } from '../src/engine.ts';
import { createLog } from '../src/log.ts';

/** A mistake in how a script was called: told in one line, with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Runs a script's work on the engine the app uses: the configured one, or the one that a running `npm run dev` owns.
 * Sets the exit code: 1 when the engine cannot be reached, 2 for wrong usage.
 */
export async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  let engine: Engine | undefined;
  try {
    engine = connectEngine(engineUrl(), createLog());
    await work(engine);
  } catch (error) {
    if (error instanceof UsageError) process.exitCode = 2;
    else if (error instanceof EngineUnavailable) process.exitCode = 1;
    else throw error;
    console.error(error instanceof EngineUnavailable ? `${error.message}: ${error.cause}` : error.message);
  } finally {
    await engine?.close();
  }
}

function engineUrl(): string {
  try {
    return readEngineUrl();
  } catch (error) {
    throw new UsageError(`${ENGINE_URL_VARIABLE} ${error instanceof Error ? error.message : error}`);
  }
}
