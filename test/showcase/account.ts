import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { BIN, cleanEnv } from '../support/program.ts';
import { withFewColours } from './png.ts';

/** In this repository, where a project finds its dependencies in our node_modules without an install. */
const DIRECTORY = resolve('.emitted/showcase/my-app');

const ACCOUNT = { email: 'ada@example.com', password: 'a horse reads by candle light' };

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';

/** In CSS pixels; the pictures have twice as many, for sharp screens. */
const SIZE = { width: 1000, height: 720 };
const START_DEADLINE_MS = 120_000;

/** Creates a project, runs it with `npm run dev`, registers, signs in with a second browser, and takes two pictures. */
export async function photographAccount(): Promise<void> {
  const port = await freePort();
  rmSync(DIRECTORY, { recursive: true, force: true });
  const flags = ['--yes', '--no-install', '--no-git', '--port', String(port)];
  execFileSync(process.execPath, [BIN, DIRECTORY, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  const project = spawn('npm', ['run', 'dev'], {
    cwd: DIRECTORY,
    env: cleanEnv({}),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    await listening(project, port);
    await photograph(browser, `https://localhost:${port}`);
  } finally {
    await browser?.close();
    await stop(project);
    rmSync(DIRECTORY, { recursive: true, force: true });
  }
}

// --- internal ---

async function photograph(browser: Browser, origin: string): Promise<void> {
  const settings = { baseURL: origin, ignoreHTTPSErrors: true, locale: 'en-GB', timezoneId: 'UTC' };
  const context = await browser.newContext({ ...settings, viewport: SIZE, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto('/register');
  await page.getByLabel('Email address').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('this session', { exact: true }).waitFor();

  const other = await browser.newContext({ ...settings, userAgent: IPHONE });
  const signedIn = await other.request.post('/api/auth/login', { data: ACCOUNT, headers: { origin } });
  if (!signedIn.ok()) throw new Error(`the second browser got ${signedIn.status()}`);

  await page.reload();
  await page.getByText('Safari on iPhone').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    writeFileSync(`docs/account-${colorScheme}.png`, withFewColours(await page.screenshot()));
  }
}

/** Of the system's choice. Another program could take it before the project does; then the run fails. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(project: ChildProcess, port: number): Promise<void> {
  let output = '';
  project.stdout?.on('data', (data) => {
    output += data;
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!output.includes(`:${port}`)) {
    if (project.exitCode !== null || Date.now() > deadline) throw new Error(`no server after:\n${output}`);
    await sleep(100);
  }
}

/** With npm's whole process group, because npm goes before the others do. Its output closes with the last of them. */
async function stop(project: ChildProcess): Promise<void> {
  if (project.exitCode !== null || !project.pid) return;
  const closed = once(project, 'close');
  process.kill(-project.pid, 'SIGTERM');
  await closed;
}
