/**
 * `npm run mutants:stryker [folder, file or file:line-line …]`: what the catalogue may have left out. Stryker changes
 * each operator, condition and text of a project's source, whether anybody thought of it or not, and runs the tests
 * that reach it. Without arguments: all that the sessions hang on, which takes hours. A choice of the generator is
 * made with --flag, such as `--flag=--cookie-lifetime=absolute`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installed } from '../../bench/support/cache.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { emit } from '../../emitted/support/emit.ts';
import { userEnvironment } from '../../package/support/commands.ts';
import { settings, VITEST_CONFIG, VITEST_CONFIG_FILE } from './settings.ts';
import { readResult } from './survivors.ts';

/** The last major version that runs on Node 20. */
const VERSION = '9.6.1';
const WANTED = {
  dependencies: {
    '@stryker-mutator/core': VERSION,
    '@stryker-mutator/vitest-runner': VERSION,
    typescript: '5.9.3', // Stryker reads tsconfig.json with it; TypeScript 7 has no such interface
  },
};
const FOLDERS = ['src/session', 'src/protection', 'src/users', 'src/database'];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { flag: { type: 'string', multiple: true, default: [] } },
});
const packages = join(await installed('stryker', WANTED), 'node_modules', '@stryker-mutator');
const directory = await emit(
  'my-app',
  ['--framework', 'express', '--store', 'postgres', ...values.flag],
  'stryker',
);
const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
write(VITEST_CONFIG_FILE, VITEST_CONFIG);
const runner = join(packages, 'vitest-runner/dist/src/index.js');
const mutate = positionals.length > 0 ? positionals : FOLDERS;
write('stryker.config.json', JSON.stringify(settings(runner, mutate), null, 2));

const database = await startPostgres();
try {
  // The others of this machine go first.
  const command = ['-n', '19', process.execPath, join(packages, 'core/bin/stryker.js'), 'run'];
  const stryker = spawn('nice', command, {
    cwd: directory,
    env: userEnvironment({ env: { TEST_DATABASE_URL: database.url } }),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stryker.kill(signal));
  const [code] = await once(stryker, 'exit');
  if (code !== 0) throw new Error(`Stryker ended with ${code}`);
} finally {
  await database.stop();
}
const { counts, open } = readResult(join(directory, 'report.json'));
console.log(JSON.stringify(counts));
if (open.length > 0) {
  write('survivors.txt', open.join('\n'));
  throw new Error(
    `${open.length} survivors that equivalents.ts does not explain: ${join(directory, 'survivors.txt')}`,
  );
}
