import { pathToFileURL } from 'node:url';

/** Tests that build the source and run it in a process of its own: there, no mutant is at work. */
const APART = ['test/server.test.ts'];

/** One worker, one project: what runs alone in a whole run does so anyway. */
export const VITEST_CONFIG = `import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/database.ts'],
    include: ['test/*.test.ts'],
    exclude: ${JSON.stringify(APART)},
    testTimeout: 20_000,
    hookTimeout: 60_000,
    isolate: false,
  },
});
`;

export const VITEST_CONFIG_FILE = 'vitest.stryker.config.ts';

/** @see https://stryker-mutator.io/docs/stryker-js/configuration */
export const settings = (runner: string, folders: readonly string[]): object => ({
  plugins: [pathToFileURL(runner).href],
  testRunner: 'vitest',
  vitest: { configFile: VITEST_CONFIG_FILE, related: false },
  mutate: folders.map((folder) => (/\.ts\b/.test(folder) ? folder : `${folder}/**/*.ts`)),
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 15,
  reporters: ['json', 'progress-append-only', 'clear-text'],
  jsonReporter: { fileName: 'report.json' },
  clearTextReporter: { allowColor: false, reportTests: false, reportMutants: false },
  allowConsoleColors: false,
  checkers: [],
  tempDirName: '.stryker',
});
