import { defineConfig } from 'vitest/config';
import { packTemplates } from './src/build/pack-templates.ts';

export default defineConfig({
  plugins: [packTemplates('templates')],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/prepare.ts'],
    testTimeout: 20_000,
  },
});
