/**
 * Audits small apps of other frameworks, each written from its documentation, and prints the table of the README.
 * `npm run audit:stock`, with names to choose; WRITE_README=1 writes their rows. Packages are installed under a
 * temporary folder, with exact versions; those of Debian must be there: apt-get install ruby-sinatra ruby-railties puma
 * php-cli php-symfony-framework-bundle php-symfony-security-bundle.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { AuditDocument } from '../../src/commands/audit/report/document.ts';
import { createDevelopmentCertificates } from '../../src/plan/certificates/certificate-authority.ts';
import { freePort } from '../databases/free-port.ts';
import { startPostgres } from '../databases/postgres.ts';
import { startRedis } from '../databases/redis.ts';
import { STOCK_APPS, type StockApp } from './apps.ts';
import { tableOf, writeReadme } from './table.ts';

const START_DEADLINE_MS = 60_000;
const password = `Stock-${randomBytes(12).toString('hex')}`;
const certificates = createDevelopmentCertificates(['localhost']);

const names = process.argv.slice(2).map((name) => name.toLowerCase());
const chosen = STOCK_APPS.filter(
  ({ name }) => names.length === 0 || names.some((one) => name.toLowerCase().includes(one)),
);
const folder = mkdtempSync(join(tmpdir(), 'audit-stock-'));
try {
  const rows: [StockApp, AuditDocument][] = [];
  for (const app of chosen) {
    const document = await auditOf(app);
    rows.push([app, document]);
    console.log(
      `\n## ${app.name}: ${document.grade}, ${document.requests} requests in ${document.seconds} s`,
    );
    for (const { id, verdict, grade, evidence } of document.checks) {
      if (verdict === 'fail' || verdict === 'unknown')
        console.log(`${verdict === 'fail' ? grade : '?'} ${id} ${evidence}`);
    }
  }
  console.log(`\n${tableOf(rows)}`);
  if (process.env.WRITE_README) writeReadme(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function auditOf(app: StockApp): Promise<AuditDocument> {
  const directory = join(folder, app.name.replace(/\W+/g, '-'));
  mkdirSync(directory);
  cpSync(resolve('test/stock/apps'), directory, { recursive: true });
  const path = install(app, directory);
  const start = app.database === 'redis' ? startRedis : startPostgres;
  const database = app.database ? await start() : undefined;
  const port = await freePort();
  const proxy = await startProxy(port);
  const env = {
    ...process.env,
    ...app.env,
    PATH: path,
    PORT: String(port),
    UVICORN_PORT: String(port),
    GUNICORN_CMD_ARGS: `--bind 127.0.0.1:${port}`,
    BASE_URL: proxy.url,
    STOCK_PASSWORD: password,
    ...(database && { DATABASE_URL: database.url, REDIS_URL: database.url }),
  };
  const [command = '', ...args] = app.start;
  const child = spawn(command, args, {
    cwd: directory,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    await listening(port, child);
    return await audit(app, directory, proxy.url);
  } finally {
    // The whole group, as servers of Python fork.
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    proxy.close();
    await database?.stop();
  }
}

/** @returns PATH with what was installed */
function install({ kind, packages, builds = '' }: StockApp, directory: string): string {
  const pinned = Object.entries(packages);
  const path = process.env.PATH ?? '';
  if (kind === 'npm') {
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], directory);
    return path;
  }
  if (kind === 'go') {
    run('go', ['mod', 'init', 'stock'], directory);
    run('go', ['get', ...pinned.map(([name, version]) => `${name}@v${version}`)], directory);
    run('go', ['build', '-o', 'stock', builds], directory);
    return path;
  }
  if (kind === 'maven') {
    run('mvn', ['-q', '-B', '-DskipTests', 'package'], join(directory, builds));
    return path;
  }
  if (kind === 'debian') {
    for (const [name, version] of pinned) {
      const found = execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' });
      if (found !== version) throw new Error(`${name} is ${found}, the table is of ${version}`);
    }
    return path;
  }
  run('python3', ['-m', 'venv', 'venv'], directory);
  run(
    'venv/bin/pip',
    ['-q', 'install', ...pinned.map(([name, version]) => `${name}==${version}`)],
    directory,
  );
  return [join(directory, 'venv/bin'), path].join(delimiter);
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** TLS in front, as all of these documents assume in production. */
async function startProxy(port: number) {
  const server = createServer(certificates, (request, response) => {
    const { method, url: path, rawHeaders, socket } = request;
    const headers = [
      ...withoutForwarded(rawHeaders),
      ...['X-Forwarded-Proto', 'https', 'X-Forwarded-For', socket.remoteAddress ?? ''],
    ];
    const through = ask({ host: '127.0.0.1', port, method, path, headers, agent: false });
    through.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    through.on('error', () => response.destroy());
    request.pipe(through);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return { url, close: () => server.close().closeAllConnections() };
}

function withoutForwarded(raw: readonly string[]): string[] {
  return raw.filter((_text, i) => !/^(x-forwarded-|forwarded$|x-real-ip$)/i.test(raw[i - (i % 2)] ?? ''));
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_DEADLINE_MS; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`);
    const isThere = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('it does not listen');
}

function audit(app: StockApp, cwd: string, url: string): Promise<AuditDocument> {
  writeFileSync(join(cwd, 'ca.pem'), certificates.ca);
  writeFileSync(join(cwd, 'recipe.json'), JSON.stringify(app.recipe));
  const bin = resolve('bin/create-secure-session-app.js');
  const args = [bin, 'audit', url, '--recipe', 'recipe.json', '--ca', 'ca.pem', '--json'];
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, STOCK_PASSWORD: password } });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.pipe(process.stderr);
  return new Promise((done, reject) => {
    child.on('close', () => {
      const document = JSON.parse(text) as AuditDocument & { error?: { message: string } };
      if (document.error) reject(new Error(`${app.name}: ${document.error.message}`));
      else done(document);
    });
  });
}
