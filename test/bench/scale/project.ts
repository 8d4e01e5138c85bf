import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { emit } from '../../emitted/support/emit.ts';
import { succeed } from '../../package/support/commands.ts';
import { type Session, TIME_OUTS } from './population.ts';

export type DatabaseName = 'postgres' | 'redis' | 'mongo';

/** The statements of the generated store, as in its session/store.ts. */
export interface Records {
  read(key: string): Promise<unknown>;
  insert(key: string, record: object, expiresAt: number): Promise<unknown>;
  remove(key: string): Promise<boolean>;
  listByUser(userId: string): Promise<unknown[]>;
  removeByUser(userId: string, exceptKey?: string): Promise<unknown>;
  removeExpired(now: number): Promise<unknown>;
}

/** The compiled project on one database, called without a request around it. */
export interface Store extends Records {
  close(): Promise<void>;
}

const PASSWORD = 'a horse reads by candle light';
/** A hash takes 20 ms, which is not the database's affair. This one takes none. */
const QUICK_HASHING = { memoryCost: 8, timeCost: 1, parallelism: 1 };

export const login = ({ user }: Session): object => ({ email: user.email, password: PASSWORD });

/** One for all users: it is made of the same password. */
export function passwordHash(): string {
  return createRequire(import.meta.url)('@node-rs/argon2').hashSync(PASSWORD, QUICK_HASHING);
}

/** A generated Express project, compiled. Only its time-outs, which outlast the bench, and its hashing differ. */
export async function scaleProject(store: DatabaseName): Promise<string> {
  const directory = await emit(`scale-${store}`, ['--framework', 'express', '--store', store, ...TIME_OUTS]);
  const policy = join(directory, 'src/security-policy.ts');
  const before = readFileSync(policy, 'utf8');
  const hashing = /^(export const PASSWORD_HASHING = ).*( as const;)$/m;
  const after = before.replace(hashing, `$1${JSON.stringify(QUICK_HASHING)}$2`);
  if (after === before) throw new Error('security-policy.ts has no PASSWORD_HASHING any more');
  writeFileSync(policy, after);
  const compiler = resolve('node_modules/typescript/bin/tsc');
  await succeed(process.execPath, [compiler, '-p', 'tsconfig.build.json'], directory);
  return directory;
}

export async function migrate(directory: string, url: string): Promise<void> {
  const { migrate: apply } = await load(directory, 'database/migrations.js');
  await apply(url, join(directory, 'migrations'));
}

export async function openStore(directory: string, url: string): Promise<Store> {
  const { connectDatabase } = await load(directory, 'database/connection.js');
  const { createSessionRecords } = await load(directory, 'database/sessions.js');
  const log = { warn() {}, info() {} };
  const database = connectDatabase(url, { log });
  const home = process.cwd();
  process.chdir(directory); // where it looks for its migrations, once
  await database.ping().finally(() => process.chdir(home));
  return { ...createSessionRecords(database), close: () => database.close() };
}

// --- internal ---

// biome-ignore lint/suspicious/noExplicitAny: modules of a generated project, which the type checker does not see
function load(directory: string, path: string): Promise<any> {
  return import(pathToFileURL(join(directory, 'dist/src', path)).href);
}
