import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { freePort } from '../databases/free-port.ts';
import { startOrSkip } from '../databases/start-or-skip.ts';
import { type Combination, inMatrix, named } from '../emitted/support/combinations.ts';
import { emit } from '../emitted/support/emit.ts';
import { startServer } from '../mutants/support/database.ts';
import { runInProcess } from '../support/in-process.ts';
import { runAudit } from './support/run-audit.ts';
import { shortenClocks } from './support/running-project.ts';

/**
 * Projects that sign people in at a provider. `npm test` audits the first, MATRIX=1 one of each framework and each
 * store; that also plays a mutant of each, and waits for time-outs.
 */
const PROJECTS = inMatrix().filter(({ name }) => /^(express-postgres|fastify-redis|koa-mongo)$/.test(name));

describe.each(named(PROJECTS))('%s made with --auth oidc', { timeout: 180_000 }, (_name, project) => {
  it('gets A- at its development provider, as often as wanted, and leaves no account', async (context) => {
    const { directory, port, ca } = await startDevelopment(context, project);
    const url = `https://audit-provider.localhost:${port}`;
    // Two in a row: more sign-ins than one address is given.
    for (let times = 0; times < 2; times += 1) {
      const { document, failed } = await runAudit({ url, ca }, '--project', directory);
      expect(failed, JSON.stringify(document)).toEqual([]);
      const unknown = document.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
      // What needs --timeouts.
      expect(unknown).toEqual(['B24', 'B25', 'B26', 'B30']);
      expect({ grade: document.grade, notes: document.notes }).toEqual({ grade: 'A-', notes: [] });
    }
    const elsewhere = await runAudit({ url: `https://localhost:${port}`, ca }, '--project', directory);
    expect(elsewhere.code).toBe(3);
    expect(elsewhere.document).toMatchObject({ error: { message: `people sign in at ${url} only` } });
  });

  it.runIf(process.env.MATRIX)(
    'is found out when its logout ends nothing, and by no other check',
    async (context) => {
      const { directory, port, ca } = await startDevelopment(context, project, (folder) => {
        shortenClocks(folder);
        const file = join(folder, 'src/session/lifecycle.ts');
        const text = readFileSync(file, 'utf8');
        const ends = 'await store.end(current)';
        expect(text).toContain(ends);
        writeFileSync(file, text.replace(ends, 'true'));
      });
      const url = `https://audit-provider.localhost:${port}`;
      const asked = ['B7', 'B11', 'B24', 'B25', 'B26', 'B30'];
      const flags = ['--project', directory, '--timeouts', '--wait', '60s', '--only', asked.join(',')];
      const { failed, verdictOf, document } = await runAudit({ url, ca }, ...flags);
      expect(failed, JSON.stringify(document)).toEqual(['B11']);
      expect(asked.filter((id) => verdictOf(id) === 'pass')).toEqual(['B7', 'B24', 'B25', 'B26', 'B30']);
    },
  );
});

describe('a provider that is not the one of development', () => {
  it('on another machine is sent nothing', async () => {
    const { code, stderr } = await auditOf('https://provider.example/authorize?state=s');
    expect(code).toBe(3);
    expect(stderr).toContain(
      'people sign in at https://provider.example, which is not the development provider',
    );
  });

  it('on this machine is sent no name', async () => {
    const asked: string[] = [];
    const provider = await serve(({ method }, response) => {
      asked.push(`${method}`);
      response.end('<title>Sign in</title>');
    });
    const { code, stderr } = await auditOf(`${provider}/authorize?state=s`);
    expect(code).toBe(3);
    expect(stderr).toContain('which is not the development provider');
    expect(asked).toEqual(['GET']);
  });

  it.each(['', 'nowhere', 7])('answers %j instead of an address', async (continueAt) => {
    const { code, stderr } = await auditOf(continueAt);
    expect(code).toBe(3);
    expect(stderr).toContain('POST /api/auth/sign-in answered 200 and not where to sign in');
  });
});

/** Audits an app whose sign-in leads there. */
async function auditOf(continueAt: unknown) {
  const url = await serve((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(request.method === 'POST' ? { continueAt } : { authenticated: false }));
  });
  const project = mkdtempSync(join(tmpdir(), 'audit-provider-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, '.secure-session.json'), JSON.stringify({ answers: { auth: 'oidc' } }));
  return runInProcess(['audit', url], project);
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** What `npm run dev` runs: only that starts the provider. PostgreSQL is the embedded one. */
async function startDevelopment(
  context: TestContext,
  { name, store, flags: chosen }: Combination,
  change: (directory: string) => void = () => {},
) {
  const port = await freePort();
  const flags = [...chosen, '--auth', 'oidc', '--port', String(port)];
  const directory = await emit('audit-provider', flags, `audit-provider-${name}`);
  const database = store === 'postgres' ? undefined : await startOrSkip(context, () => startServer(store));
  onTestFinished(() => database?.stop());
  const databaseUrl = await database?.newDatabase();
  change(directory);
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: directory,
  });
  const program = ['--env-file-if-exists=.env', 'dist/scripts/dev.js'];
  const child: ChildProcess = spawn(process.execPath, program, {
    cwd: directory,
    env: { ...process.env, ...(databaseUrl && { REDIS_URL: databaseUrl, MONGODB_URL: databaseUrl }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await vi.waitUntil(() => output.includes('listening for') || child.exitCode !== null, { timeout: 60_000 });
  if (child.exitCode !== null) throw new Error(`npm run dev ended: ${output}`);
  return { directory, port, ca: readFileSync(join(directory, 'certs/ca.pem'), 'utf8') };
}
