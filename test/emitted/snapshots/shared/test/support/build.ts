/** The compiled app and its scripts, run as processes of their own: what `npm start` and `npm run …` run. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createDevelopmentCertificates } from '../../scripts/certificate-authority.ts';
import { ENGINE_URL_VARIABLE } from '../../src/engine.ts';
import { SECRET } from './app.ts';
import { Browser } from './browser.ts';

export interface Finished {
  code: number | null;
  output: string;
}

/** One compiled copy, a certificate, and what was started from it. */
export class Build {
  readonly directory = mkdtempSync(resolve('.test-build-'));
  readonly #started: ChildProcess[] = [];
  readonly #certificates = createDevelopmentCertificates(['localhost']);
  readonly #engineUrl: string;

  constructor(engineUrl: string) {
    this.#engineUrl = engineUrl;
    const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
    const compiler = [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json', '--incremental', 'false'];
    execFileSync(process.execPath, [...compiler, '--outDir', this.directory]);
    writeFileSync(join(this.directory, 'cert.pem'), this.#certificates.cert);
    writeFileSync(join(this.directory, 'key.pem'), this.#certificates.key);
  }

  /** Settings of a server on that port, over nothing but these. */
  environment(port: number): Record<string, string> {
    return {
      PORT: String(port),
      APP_ORIGINS: `https://localhost:${port}`,
      SESSION_SECRETS: SECRET,
      TLS_CERT_FILE: join(this.directory, 'cert.pem'),
      TLS_KEY_FILE: join(this.directory, 'key.pem'),
      [ENGINE_URL_VARIABLE]: this.#engineUrl,
    };
  }

  /** Starts the server, with these settings over its own, and waits until it listens. */
  async serve(
    port: number,
    environment: Record<string, string> = {},
  ): Promise<{ process: ChildProcess; browser: () => Browser; output: () => string }> {
    const { child, output } = this.#spawn('src/server.js', [], { ...this.environment(port), ...environment });
    while (!output().includes('sys_startup')) {
      if (child.exitCode !== null) throw new Error(`the server ended: ${output()}`);
      await new Promise((wait) => setTimeout(wait, 20));
    }
    return { process: child, browser: () => new Browser(`https://localhost:${port}`, this.#certificates.ca), output };
  }

  /** Runs a compiled file to its end. */
  async run(file: string, args: string[] = [], environment = this.environment(1)): Promise<Finished> {
    const { child, output } = this.#spawn(file, args, environment);
    await once(child, 'close');
    return { code: child.exitCode, output: output() };
  }

  #spawn(file: string, args: string[], environment: Record<string, string>) {
    const child = spawn(process.execPath, [join(this.directory, file), ...args], {
      env: { PATH: process.env.PATH, ...environment },
      cwd: this.directory,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    this.#started.push(child);
    return { child, output: () => text };
  }

  close(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
