/**
 * `npm run bench:project`: what a user waits for, and gets, from the command that makes a project to green tests and to
 * the first request served: ours on each database, beside express-generator, and the Express choice of
 * create-better-t-stack (Node 22), which makes no tests and no server that runs without settings. With npm's own cache.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMongoDb } from '../../databases/mongodb.ts';
import { startPostgres } from '../../databases/postgres.ts';
import { startRedis } from '../../databases/redis.ts';
import { succeed } from '../../package/support/commands.ts';
import { folderOf } from '../../package/support/tools.ts';
import { ours } from '../scaffold/tools.ts';
import { machine, table } from '../support/numbers.ts';
import { firstAnswer } from './first-answer.ts';
import { sizeOf } from './size.ts';

const DATABASES = { postgres: startPostgres, redis: startRedis, mongo: startMongoDb };
const URL_VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', mongo: 'MONGODB_URL' } as const;
const BETTER_T_STACK =
  'create-better-t-stack@3.44.1 my-app --frontend none --backend express --runtime node --api none --auth none --database none --orm none --addons none --examples none --db-setup none --web-deploy none --server-deploy none --no-git --install --package-manager npm --disable-analytics';

// An end from outside ends the databases and servers too: they go with the exit of this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const { positionals } = parseArgs({ allowPositionals: true });
const CASES: Record<string, (folder: string) => Promise<(string | number)[]>> = {
  postgres: (folder) => own('postgres', folder),
  redis: (folder) => own('redis', folder),
  mongo: (folder) => own('mongo', folder),
  'express-generator': expressGenerator,
  'better-t-stack': betterTStack,
};
const root = mkdtempSync(join(tmpdir(), 'css-bench-'));
try {
  const rows: (string | number)[][] = [];
  for (const [name, work] of Object.entries(CASES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const row = await work(mkdtempSync(join(root, 'user-'))).catch((error) => [
      `does not run here: ${error.message}`,
    ]);
    rows.push([name, ...row]);
    console.error(name, ...row);
  }
  const heading = ['', 'installed s', 'tests green s', 'first answer s', 'packages', 'MB'];
  console.log(`${machine()}\n${table([heading, ...rows])}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function own(store: keyof typeof DATABASES, folder: string): Promise<(string | number)[]> {
  const { tarball } = await ours(folder);
  const database = await DATABASES[store]();
  try {
    const env = { [URL_VARIABLES[store]]: database.url, TEST_DATABASE_URL: database.url };
    const directory = join(folder, 'my-app');
    const begin = performance.now();
    const command = ['exec', '--yes', '--package', tarball, '--', 'create-secure-session-app', 'my-app'];
    await succeed('npm', [...command, '--yes', '--store', store], folder);
    const isInstalled = since(begin);
    const served = await firstAnswer(['npm', 'run', 'dev'], directory, 'https://localhost:3443/livez', env);
    await succeed('npm', ['test'], directory, { env });
    return [
      isInstalled,
      (since(begin) - served).toFixed(1),
      isInstalled + served,
      ...(await sizeOf(directory)),
    ];
  } finally {
    await database.stop();
  }
}

async function expressGenerator(folder: string): Promise<(string | number)[]> {
  const directory = join(folder, 'my-app');
  const begin = performance.now();
  await succeed('npx', ['--yes', 'express-generator@4.16.1', 'my-app'], folder);
  await succeed('npm', ['install'], directory);
  const isInstalled = since(begin);
  const served = await firstAnswer(['npm', 'start'], directory, 'http://localhost:3000/', {});
  return [isInstalled, 'none', isInstalled + served, ...(await sizeOf(directory))];
}

async function betterTStack(folder: string): Promise<(string | number)[]> {
  const path = [await folderOf('node', 'node@22', process.cwd())];
  const begin = performance.now();
  await succeed('npx', ['--yes', ...BETTER_T_STACK.split(' ')], folder, { path });
  return [since(begin), 'none', '', ...(await sizeOf(join(folder, 'my-app')))];
}

function since(begin: number): number {
  return Math.round((performance.now() - begin) / 100) / 10;
}
