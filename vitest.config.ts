import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { inlineOverlays } from './src/build/inline-overlays.ts';

export default defineConfig({
  plugins: [inlineOverlays('templates')],
  test: {
    include: ['test/**/*.test.ts'],
    // Those of emitted projects, kept for review: test/emitted/suites.test.ts runs them where they belong.
    exclude: [...configDefaults.exclude, 'test/emitted/snapshots/**'],
    globalSetup: ['test/support/prepare.ts'],
    testTimeout: 20_000,
    // Only the suites of emitted projects run side by side, and each keeps a core busy.
    maxConcurrency: 2,
    // vitest leaves a core for its own process, which has little to do here.
    maxWorkers: availableParallelism(),
  },
});
