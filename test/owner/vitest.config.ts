import { defineConfig } from 'vitest/config';
import { inlineOverlays } from '../../src/build/inline-overlays.ts';

export default defineConfig({
  plugins: [inlineOverlays('templates')],
  test: {
    include: ['test/owner/*.e2e.ts'],
    globalSetup: ['test/support/prepare.ts'],
    fileParallelism: false,
  },
});
