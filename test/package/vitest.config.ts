import { defineConfig } from 'vitest/config';

/** `npm run test:package`: the packed tarball, real installs, real servers. Two files at a time, as they wait a lot. */
export default defineConfig({
  test: {
    include: ['test/package/*.e2e.ts'],
    globalSetup: ['test/package/support/pack.ts'],
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
