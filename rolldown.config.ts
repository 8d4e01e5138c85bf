import { defineConfig } from 'rolldown';
import { packTemplates } from './src/build/pack-templates.ts';

// CommonJS, because Node starts it about 10 ms sooner than ES modules; nobody imports the bundle but bin/.
export default defineConfig({
  input: { cli: 'src/cli.ts' },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    minify: true,
  },
  plugins: [packTemplates('templates')],
});
