import type { Plugin } from 'rolldown';
import { defineConfig } from 'rolldown';
import { readOverlays } from './src/overlays.ts';

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
  plugins: [packTemplates()],
});

/** All templates in one file: one read at run time, and npm cannot drop their dot files. */
function packTemplates(): Plugin {
  return {
    name: 'pack-templates',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'templates.json',
        source: JSON.stringify(readOverlays('templates')),
      });
    },
  };
}
