import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Nothing a test file does outlives it, so files may share the modules they import: most of a short run's time.
const shared = { testTimeout: process.env.STRESS ? 900_000 : 60_000, hookTimeout: 60_000, isolate: false };

export default defineConfig({
  test: {
    // Here and not in the projects, so that both share one database.
    globalSetup: ['test/support/database.ts'],
    // vitest would leave one core to itself, and of two that is half.
    maxWorkers: availableParallelism(),
    projects: [
      { test: { name: 'app', include: ['test/*.test.ts'], ...shared, sequence: { groupOrder: 0 } } },
      // These end everybody's sessions or break connections, so they run one by one when all others are done.
      {
        test: {
          name: 'serial',
          include: ['test/serial/*.test.ts'],
          ...shared,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
