import { defineConfig } from 'vitest/config';

/** `npm run test:second-opinion`: the MongoDB project on another server than FerretDB. Needs Java and Maven. */
export default defineConfig({
  test: {
    include: ['test/second-opinion/*.suite.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
