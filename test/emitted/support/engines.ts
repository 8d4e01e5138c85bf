import type { TestContext } from 'vitest';
import type { Answers } from '../../../src/options/options.ts';
import { startMongoDb } from '../../engines/mongodb.ts';
import type { Engine } from '../../engines/server-process.ts';
import { startOrSkip } from '../../engines/start-or-skip.ts';

/** Engines that a project cannot start itself on every machine of ours. The others it runs as it would for its owner. */
const STARTED_BY_US: Partial<Record<Answers['store'], () => Promise<Engine>>> = { mongo: startMongoDb };

/** Calls with the variables that name the engine to a project's tests, and stops it afterwards. */
export async function withEngineOf<T>(
  context: TestContext,
  store: Answers['store'],
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const start = STARTED_BY_US[store];
  if (!start) return work({});
  const engine = await startOrSkip(context, start);
  try {
    return await work({ TEST_STORE_URL: engine.url });
  } finally {
    await engine.stop();
  }
}
