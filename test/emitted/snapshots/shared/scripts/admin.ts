/** What can an operator do? `npm run admin COMMAND`; in an image, `node dist/scripts/admin.js COMMAND`. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { readDatabaseUrl } from '../src/config.ts';
import { connectDatabase } from '../src/database/connection.ts';
import { migrate } from '../src/database/migrations.ts';
import { DatabaseUnavailable } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { emailAddress } from '../src/routes/input.ts';
import { createServices, type Services } from '../src/services.ts';
import type { User, Users } from '../src/users/accounts.ts';
import { hashPassword, passwordProblem } from '../src/users/passwords.ts';

const USAGE = `Usage: npm run admin COMMAND
  migrate               Brings the database schema up to date. Safe to run repeatedly and concurrently.
  users                 Lists the users: email address, id, and whether the account is disabled.
  revoke EMAIL | --all  Ends the sessions of one user, or of everybody, immediately. (npm run admin -- revoke --all)
  disable EMAIL         Disables the account and ends its sessions immediately.
  set-password EMAIL    Reads a new password from standard input, and ends the user's sessions.
  rotate-secret         Adds a new signing secret to .env; the previous ones are still accepted.`;

/** A mistake in how this script was called. */
class UsageError extends Error {}

const COMMANDS = new Map<string, () => Promise<unknown>>([
  ['migrate', async () => console.log((await migrate(readDatabaseUrl())).join('\n'))],
  ['users', () => withServices(listUsers)],
  ['rotate-secret', async () => rotateSecret()],
]);

/** Raises the credential version of the user. */
type Change = (users: Users, user: User) => Promise<unknown>;

const COMMANDS_FOR_ONE = new Map<string, Change>([
  ['revoke', (users, { id }) => users.raiseCredentialVersion(id)],
  ['disable', (users, { id }) => users.disable(id)],
  ['set-password', setPassword],
]);

const MAX_LISTED = 1000;

/** The new one and two before it, so that a second run by mistake signs nobody out. */
const MAX_SECRETS = 3;

try {
  // pnpm passes on the -- that npm drops.
  await run(process.argv.slice(process.argv[2] === '--' ? 3 : 2));
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  console.error(explain(error));
}

async function run([command = '', who, ...more]: string[]): Promise<unknown> {
  const plain = COMMANDS.get(command);
  const change = COMMANDS_FOR_ONE.get(command);
  if (plain && who === undefined) return plain();
  if (!change || who === undefined || more.length > 0) {
    const isSwallowed = command === 'revoke' && process.env.npm_config_all === 'true';
    throw new UsageError(isSwallowed ? 'npm kept --all for itself. Run: npm run admin -- revoke --all' : USAGE);
  }
  if (command === 'revoke' && who === '--all') return withServices(signOutAll);
  return withServices((services) => signOut(services, who, change));
}

async function withServices(work: (services: Services) => Promise<void>): Promise<void> {
  const log = createLog();
  const database = connectDatabase(readDatabaseUrl(), { log });
  try {
    await work(createServices({ database, now: Date.now, log }));
  } finally {
    await database.close();
  }
}

async function listUsers({ users }: Services): Promise<void> {
  const found = await users.list(MAX_LISTED);
  for (const { email, id, disabled } of found) console.log(`${email}\t${id}${disabled ? '\tdisabled' : ''}`);
  if (found.length === MAX_LISTED) console.error(`Only the first ${MAX_LISTED} users are listed.`);
}

/**
 * The credential version first: from then on no session made under the old one is accepted, not even one of a login
 * that is under way. Deleting the records is clean-up.
 */
async function signOut({ users, store }: Services, who: string, change: Change): Promise<void> {
  const email = emailAddress.safeParse(who);
  const user = email.success ? await users.findByEmail(email.data) : null;
  if (!user) throw new UsageError(`There is no user with the email address ${JSON.stringify(who)}.`);
  await change(users, user);
  await store.endByUser(user.id);
  console.log(`Done. ${user.email} is signed out everywhere.`);
}

/** In the same order. */
async function signOutAll({ users, store }: Services): Promise<void> {
  await users.raiseAllCredentialVersions();
  await store.endAll();
  console.log('Done. Everybody is signed out.');
}

async function setPassword(users: Users, { id, email }: User): Promise<void> {
  const password = await readLine(`New password for ${email}: `);
  const problem = passwordProblem(password, email);
  if (problem) throw new UsageError(problem);
  await users.setPassword(id, await hashPassword(password));
}

/** One line of standard input. What is typed is not shown: there is no output to show it on. */
async function readLine(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  const input = createInterface({ input: stdin, terminal: stdin.isTTY });
  if (stdin.isTTY) stderr.write(prompt);
  const { value = '' } = await input[Symbol.asyncIterator]().next();
  if (stdin.isTTY) stderr.write('\n');
  input.close();
  return value;
}

/** Changes nothing in .env but the value, which may be quoted. The file is replaced as a whole, never half written. */
function rotateSecret(): void {
  const text = existsSync('.env') ? readFileSync('.env', 'utf8') : '';
  const value = parseEnv(text).SESSION_SECRETS ?? '';
  const name = [...text.matchAll(/^[ \t]*(export[ \t]+)?SESSION_SECRETS[ \t]*=[ \t]*["'`]?/gm)].at(-1);
  const start = name ? name.index + name[0].length : text.length;
  if (!name || !text.startsWith(value, start)) {
    throw new UsageError('.env has no line SESSION_SECRETS=… that can be changed. Copy .env.example to .env first.');
  }
  // Production accepts no secret made for development. Elsewhere a new one stays marked like the one before.
  const isUsable = (secret: string) => process.env.NODE_ENV !== 'production' || !secret.startsWith('dev-');
  const previous = value.split(',').filter((secret) => secret !== '' && isUsable(secret));
  const mark = previous[0]?.startsWith('dev-') ? 'dev-' : '';
  const secrets = [mark + randomBytes(32).toString('base64url'), ...previous].slice(0, MAX_SECRETS);
  rmSync('.env.new', { force: true }); // of a run that was killed, maybe readable by others
  const changed = text.slice(0, start) + secrets.join(',') + text.slice(start + value.length);
  writeFileSync('.env.new', changed, { mode: 0o600 });
  renameSync('.env.new', '.env');
  console.log(`.env has a new signing secret; still accepted: ${secrets.length - 1} earlier. Restart the server.`);
}

/** One line, unless it is a mistake in the code. Never an address, which may contain a password. */
function explain(error: unknown): unknown {
  const isDown = error instanceof DatabaseUnavailable;
  const { message, code } = (isDown ? error.cause : error) as NodeJS.ErrnoException;
  if (error instanceof TypeError && code === undefined) return error;
  return `${isDown ? 'Cannot use the database: ' : ''}${message || code}`;
}
