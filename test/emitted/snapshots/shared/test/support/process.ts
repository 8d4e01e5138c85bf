/** How do tests run the server and the scripts? Compiled, as processes of their own: what `npm start` runs. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, inject } from 'vitest';
import { createDevelopmentCertificates } from '../../scripts/certs.ts';
import { DATABASE_URL_VARIABLE } from '../../src/database/connection.ts';
import { it as base, SECRET } from './app.ts';
import { Browser } from './browser.ts';

const { ca, cert, key } = await createDevelopmentCertificates(['localhost']);

export interface RunningServer {
  process: ChildProcess;
  port: number;
  browser: () => Browser;
  /** What it printed so far. */
  output: () => string;
}

interface Fixtures {
  /** The folder of the compiled project: once for all files that share a worker. */
  compiled: string;
  /** Those of a file. They end with it. */
  processes: Processes;
  /** Runs the script for operators. */
  admin: (args: string[], options?: RunOptions) => Promise<{ code: number | null; output: string }>;
}

interface RunOptions {
  environment?: Record<string, string>;
  input?: string;
  cwd?: string;
}

export const it = base.extend<Fixtures>({
  compiled: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures this one needs from its first parameter
    async ({}, use) => {
      const folder = compile();
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  processes: [
    async ({ compiled }, use) => {
      const processes = new Processes(compiled);
      await use(processes);
      processes.close();
    },
    { scope: 'file' },
  ],
  admin: ({ processes }, use) => use((args, options) => processes.run('scripts/admin.js', args, options)),
});

/** Processes of the compiled project, and a folder for their files. */
export class Processes {
  readonly folder = mkdtempSync(join(tmpdir(), 'processes-'));
  readonly #compiled: string;
  readonly #started: ChildProcess[] = [];

  constructor(compiled: string) {
    this.#compiled = compiled;
    writeFileSync(join(this.folder, 'cert.pem'), cert);
    writeFileSync(join(this.folder, 'key.pem'), key);
  }

  /** The settings of a server on that port, and nothing else. */
  environment(port: number): Record<string, string> {
    return {
      PORT: String(port),
      APP_ORIGINS: `https://localhost:${port}`,
      SESSION_SECRETS: SECRET,
      TLS_CERT_FILE: join(this.folder, 'cert.pem'),
      TLS_KEY_FILE: join(this.folder, 'key.pem'),
      [DATABASE_URL_VARIABLE]: inject('databaseUrl') ?? '',
    };
  }

  /** Starts the server, with these settings over its own, and waits until it listens. */
  async serve(environment: Record<string, string> = {}, port?: number): Promise<RunningServer> {
    const ownPort = port ?? (await freePort());
    const { child, output } = this.#spawn('src/server.js', [], { ...this.environment(ownPort), ...environment });
    await expect
      .poll(() => output().includes('sys_startup') || child.exitCode !== null, { timeout: 45_000 })
      .toBe(true);
    expect(child.exitCode, output()).toBeNull();
    return { process: child, port: ownPort, browser: () => new Browser(`https://localhost:${ownPort}`, ca), output };
  }

  /** Runs a compiled file to its end. */
  async run(file: string, args: string[] = [], { environment = this.environment(1), input, cwd }: RunOptions = {}) {
    const { child, output } = this.#spawn(file, args, environment, cwd);
    child.stdin?.end(input);
    // A server that should have refused to start would run for ever.
    child.stdout?.on('data', () => output().includes('sys_startup') && child.kill('SIGKILL'));
    await once(child, 'close');
    return { code: child.exitCode, output: output() };
  }

  #spawn(file: string, args: string[], environment: Record<string, string>, cwd = resolve('.')) {
    const child = spawn(process.execPath, [join(this.#compiled, file), ...args], {
      env: { PATH: process.env.PATH, ...environment },
      cwd,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    this.#started.push(child);
    return { child, output: () => text };
  }

  close(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Not into dist/, which a running `npm run dev` watches. */
function compile(): string {
  const parent = resolve('node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'compiled-'));
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const options = ['-p', 'tsconfig.build.json', '--incremental', 'false', '--outDir', folder];
  try {
    execFileSync(process.execPath, [join(typescript, 'bin/tsc'), ...options], { encoding: 'utf8' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`The project does not compile:\n${(error as { stdout?: string }).stdout ?? error}`);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return folder;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
