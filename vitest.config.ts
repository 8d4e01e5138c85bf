import { defineConfig } from 'vitest/config';
import { inlineOverlays } from './src/build/inline-overlays.ts';

export default defineConfig({
  plugins: [inlineOverlays('templates')],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/prepare.ts'],
    testTimeout: 20_000,
    // Only the suites of emitted projects run side by side, and each keeps a core busy.
    maxConcurrency: 2,
  },
});
