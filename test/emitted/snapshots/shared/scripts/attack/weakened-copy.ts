/** A temporary copy of the project without one protection, running on an engine and a port of its own. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connectEngine, ENGINE_URL_VARIABLE } from '../../src/engine.ts';
import { createLog } from '../../src/log.ts';
import { createDevelopmentCertificates } from '../certificate-authority.ts';
import { startDevelopmentEngine } from '../development-engine.ts';
import { setUpEngine } from '../schema.ts';
import { type Instance, runInstance } from './run-instance.ts';
import { type Weakening, weaken } from './weakenings.ts';

const PARTS = ['src', 'scripts', 'public', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const COMPILER = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

export interface Copy {
  instance: Instance;
  ca: string;
}

/**
 * Runs the copy while `work` lasts, and removes all of it. It is made below .data/, where it finds the same packages
 * and git does not see it.
 * @throws Error when the copy does not compile, or there is no engine for it
 */
export async function withWeakenedCopy<T>(
  weakening: Weakening,
  slownessMs: number,
  work: (copy: Copy) => Promise<T>,
): Promise<T> {
  mkdirSync('.data', { recursive: true });
  const directory = mkdtempSync(join(process.cwd(), '.data', 'weakened-'));
  const undo: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })];
  try {
    build(directory, weakening);
    const engineUrl = process.env.TEST_STORE_URL || (await startEngine(undo));
    await setUp(engineUrl);
    const { ca, ...environment } = settings(directory, engineUrl);
    const instance = await runInstance(directory, { environment, slownessMs });
    undo.push(() => instance.stop());
    return await work({ instance, ca });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

function build(directory: string, weakening: Weakening): void {
  for (const part of PARTS) {
    if (existsSync(part)) cpSync(part, join(directory, part), { recursive: true });
  }
  const file = join(directory, weakening.file);
  writeFileSync(file, weaken(readFileSync(file, 'utf8'), weakening));
  const compiler = spawnSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: directory });
  if (compiler.status !== 0) throw new Error(`The copy does not compile:\n${compiler.stdout}`);
}

async function startEngine(undo: (() => unknown)[]): Promise<string> {
  const { url, stop } = await startDevelopmentEngine();
  undo.push(stop);
  return url;
}

async function setUp(engineUrl: string): Promise<void> {
  const engine = connectEngine(engineUrl, createLog());
  await setUpEngine(engine);
  await engine.close();
}

/** Nothing of the project's own: new secrets, a new certificate. */
function settings(directory: string, engineUrl: string) {
  const { ca, cert, key } = createDevelopmentCertificates(['localhost']);
  const files = { TLS_CERT_FILE: join(directory, 'cert.pem'), TLS_KEY_FILE: join(directory, 'key.pem') };
  writeFileSync(files.TLS_CERT_FILE, cert);
  writeFileSync(files.TLS_KEY_FILE, key, { mode: 0o600 });
  return {
    ca,
    ...files,
    PATH: process.env.PATH,
    APP_ORIGINS: 'https://localhost',
    SESSION_SECRETS: `dev-${randomBytes(32).toString('base64url')}`,
    [ENGINE_URL_VARIABLE]: engineUrl,
  };
}
