import { defineConfig } from 'vitest/config';

/**
 * `npm run test:judges`: what others than we say about a running project, by tools of theirs. One file at a time, as
 * each has servers of its own.
 */
export default defineConfig({
  test: {
    include: ['test/judges/*.judge.ts'],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
