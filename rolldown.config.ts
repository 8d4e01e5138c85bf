import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';
import { virtualModules } from './src/build/inline-overlays.ts';
import { compressOverlays, packOverlays } from './src/build/pack-overlays.ts';
import { readOverlays } from './src/build/read-overlays.ts';
import { PACKED_FILE } from './src/plan/overlays.ts';

const templates = packOverlays(readOverlays('templates'));

// CommonJS, because Node starts it about 10 ms faster than ES modules, and both can import it.
export default defineConfig({
  input: { cli: 'src/cli.ts', library: 'src/library.ts' },
  platform: 'node',
  resolve: {
    alias: {
      // The only part we use; the whole package is twice as large.
      'fs-extra': resolve('node_modules/fs-extra/lib/remove/index.js'),
      // Guards against too many open files, which removing does not need, and costs 3 kB.
      'graceful-fs': 'node:fs',
    },
  },
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    minify: true,
    // One file for what every run loads and one for what a scaffold adds: each further one costs 0.1 to 0.3 ms.
    codeSplitting: {
      groups: [
        { name: 'common', test: /src\/cli\.ts$/, priority: 1 },
        { name: 'create', test: /src\/commands\/create\.ts$/ },
      ],
    },
  },
  plugins: [
    virtualModules({ 'virtual:template-codes': () => `export default ${templates.codes};` }),
    packTemplates(),
    publishTypes(),
  ],
});

/** The texts of all templates in one file: one read at run time, and npm cannot drop dot files. */
function packTemplates(): Plugin {
  return {
    name: 'pack-templates',
    generateBundle() {
      const source = compressOverlays(templates.packed);
      this.emitFile({ type: 'asset', fileName: PACKED_FILE, source });
    },
  };
}

/** Written by hand, because the compiler would also publish the types of all internals. */
function publishTypes(): Plugin {
  return {
    name: 'publish-types',
    generateBundle() {
      const source = readFileSync('src/library-types.d.cts', 'utf8');
      this.emitFile({ type: 'asset', fileName: 'library.d.cts', source });
    },
  };
}
