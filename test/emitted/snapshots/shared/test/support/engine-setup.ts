/**
 * One engine for the whole run: TEST_STORE_URL where it is set, else one of the run's own. Where none can be had the
 * suite runs on records in memory; REQUIRE_ENGINE=1 makes that a failure.
 */
import type { TestProject } from 'vitest/node';
import { startDevelopmentEngine } from '../../scripts/development-engine.ts';
import { setUpEngine } from '../../scripts/schema.ts';
import { connectEngine } from '../../src/engine.ts';
import { createLog } from '../../src/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null when there is no engine to test on. */
    engineUrl: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_STORE_URL, REQUIRE_ENGINE } = process.env;
  const started = TEST_STORE_URL ? null : await start(REQUIRE_ENGINE === '1');
  const url = TEST_STORE_URL || started?.url || null;
  project.provide('engineUrl', url);
  if (url) {
    const engine = connectEngine(url, createLog());
    await setUpEngine(engine);
    await engine.close();
  }
  return async () => {
    await started?.stop();
  };
}

async function start(required: boolean) {
  try {
    return await startDevelopmentEngine();
  } catch (error) {
    if (required) throw error;
    console.warn(`No engine to test on, so the tests use records in memory. ${error}`);
    return null;
  }
}
