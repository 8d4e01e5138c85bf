import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../databases/free-port.ts';
import { startMongoDb } from '../databases/mongodb.ts';
import { startPostgres } from '../databases/postgres.ts';
import { startRedis } from '../databases/redis.ts';
import type { RunningServer } from '../databases/server-process.ts';
import { startOrSkip } from '../databases/start-or-skip.ts';
import { type Running, start } from '../package/support/server.ts';
import { combinations } from './support/combinations.ts';
import { emit } from './support/emit.ts';
import { type Asked, table } from './support/requests.ts';
import { runScript } from './support/scripts.ts';

/** Does it matter to a client which framework a project has? The same requests go to all of them. */

const DATABASES = {
  postgres: [startPostgres, 'DATABASE_URL'],
  redis: [startRedis, 'REDIS_URL'],
  mongo: [startMongoDb, 'MONGODB_URL'],
} as const;

/** One store is enough for `npm test`; MATRIX=1 compares all nine. */
const STORES = (
  process.env.MATRIX ? ['postgres', 'redis', 'mongo'] : ['redis']
) as (keyof typeof DATABASES)[];

const START_MS = 120_000;

/** Requests under way at each project. */
const AT_ONCE = 10;
const PASSWORD = 'a horse reads by candle light';

interface Project {
  name: string;
  origin: string;
  ca: string;
  cookie: string;
  server: Running;
}

describe('every framework', () => {
  const projects: Project[] = [];
  const databases: RunningServer[] = [];

  beforeEach(async (context) => {
    for (const store of STORES) {
      const [startDatabase, variable] = DATABASES[store];
      const database = await startOrSkip(context, startDatabase);
      databases.push(database);
      for (const { name, flags } of combinations().filter((combination) => combination.store === store)) {
        projects.push(await serve(name, flags, { [variable]: database.url }));
      }
    }
  }, START_MS);
  afterAll(async () => {
    for (const { server } of projects) await server.end('SIGTERM');
    for (const database of databases) await database.stop();
  });

  it(`answers ${table().length} requests with the same status, code and headers`, {
    timeout: START_MS,
  }, async () => {
    expect(table().length).toBeGreaterThan(120);
    const differences: string[] = [];
    const rows = table();
    while (rows.length > 0) {
      await Promise.all(
        rows.splice(0, AT_ONCE).map(async (asked) => {
          const differing = differingParts(await Promise.all(projects.map((project) => ask(project, asked))));
          if (differing) differences.push(`${asked.method} ${JSON.stringify(asked)}: ${differing}`);
        }),
      );
    }
    expect(differences).toEqual([]);
  });
});

// --- internal ---

/** What is not the same in all, with each project's value; empty when they are alike. */
function differingParts(answers: readonly Record<string, string>[]): string {
  const names = new Set(answers.flatMap((answer) => Object.keys(answer)));
  return [...names]
    .map((name) => ({ name, values: answers.map((answer) => answer[name] ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ name, values }) => `${name} is ${values.join(' | ')}`)
    .join('; ');
}

async function serve(
  name: string,
  flags: readonly string[],
  database: Record<string, string>,
): Promise<Project> {
  const directory = await emit('my-app', flags, `${name}-compared`);
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const env = { ...database, PORT: String(port), APP_ORIGINS: origin };
  const { code, output } = await runScript(directory, 'admin', { args: 'migrate', env }); // compiles first
  if (code !== 0) throw new Error(`the project cannot be set up:\n${output}`);
  const server = await start(['node', '--env-file=.env', 'dist/src/server.js'], directory, /sys_startup/, {
    env,
  });
  const project = {
    name,
    origin,
    server,
    ca: readFileSync(join(directory, 'certs/ca.pem'), 'utf8'),
    cookie: '',
  };
  const body = JSON.stringify({ email: `${name.padEnd(20, '-')}@example.test`, password: PASSWORD });
  const headers = { 'content-type': 'application/json' };
  const registered = await send(project, { method: 'POST', target: '/api/auth/register', headers, body });
  const lines = registered.headers['set-cookie'] ?? [];
  return { ...project, cookie: lines.map((line) => line.split(';', 1)[0]).join('; ') };
}

async function ask(project: Project, asked: Asked) {
  const { status, headers, body } = await send(project, asked);
  const isJson = headers['content-type']?.includes('json') && body !== '';
  const code: string | undefined = isJson ? JSON.parse(body).error?.code : undefined;
  // It names the user, whose id is longer on Redis.
  const namesTheUser = asked.user && asked.target === '/api/session' && status === 200;
  const length = namesTheUser && { 'content-length': '…' };
  return { status: String(status), ...(code && { code }), ...comparable(headers), ...length };
}

/** Without what tells one answer, one file or one session from another. */
function comparable({ date: _, ...headers }: IncomingHttpHeaders): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const cookies = headers['set-cookie']?.map((line) =>
    line
      .replace(/=[^;]+/, '=…')
      .toLowerCase()
      .split('; ')
      .sort()
      .join('; '),
  );
  return {
    ...Object.fromEntries(texts),
    ...(cookies && { 'set-cookie': cookies.sort().join(', ') }),
    ...(headers['last-modified'] && { 'last-modified': '…' }),
    ...(headers.etag && { etag: headers.etag.replace(/".*"/, '"…"') }),
  };
}

/** One connection each, so that no answer depends on the one before. */
function send(
  { origin, ca, cookie }: Omit<Project, 'name' | 'server'>,
  { method, target, headers, body, user }: Asked,
) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const options = {
      hostname,
      port,
      ca,
      method,
      path: target,
      agent: false,
      headers: { origin, connection: 'close', ...(user && { cookie }), ...headers },
    } as const;
    const outgoing = request(options, async (incoming) => {
      const answer = await text(incoming).catch(() => '');
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer });
    });
    outgoing.on('error', reject);
    if (body !== undefined && !headers?.['transfer-encoding'])
      outgoing.setHeader('content-length', Buffer.byteLength(body));
    outgoing.end(body);
  });
}
