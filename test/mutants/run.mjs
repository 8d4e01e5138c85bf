// `npm run mutants`: bundles the runner, as Node 20 runs no TypeScript, and starts it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const here = import.meta.dirname;
const folder = resolve(here, '../../.emitted/mutants/runner');

await build({
  input: { run: resolve(here, 'run.ts'), job: resolve(here, 'support/job-process.ts') },
  platform: 'node',
  external: /^[^./]/,
  // What a file finds beside itself stays where it is.
  plugins: [
    {
      name: 'source-folder',
      transform: (code, id) => code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id))),
    },
  ],
  output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
});
mkdirSync(folder, { recursive: true });
writeFileSync(resolve(folder, 'package.json'), '{"type":"module"}');
process.chdir(resolve(here, '../..'));
await import(pathToFileURL(resolve(folder, 'run.mjs')).href);
