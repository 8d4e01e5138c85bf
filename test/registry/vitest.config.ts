import { defineConfig } from 'vitest/config';

/** `npm run test:registry`: the packed package, published to a registry on loopback, as users get it. */
export default defineConfig({
  test: {
    include: ['test/registry/*.e2e.ts'],
    globalSetup: ['test/package/support/pack.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
