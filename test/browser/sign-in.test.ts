import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../databases/free-port.ts';
import { emit } from '../emitted/support/emit.ts';
import { Complaints, chromiumTrusting } from '../support/browser-trust.ts';

/**
 * A sign-in at the development provider in Chromium, as somebody meets it after `npm run dev`: the provider is another
 * site than the app. With SCREENSHOTS=FOLDER each test leaves pictures there, for the eyes.
 */

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const missing = ['chromium', 'certutil'].filter((tool) => spawnSync('which', [tool]).status !== 0);
if (missing.length > 0) {
  const reason = `not on the PATH: ${missing.join(', ')}`;
  if (process.env.REQUIRE_DATABASE) throw new Error(reason);
  console.warn(`Skips the browser tests, ${reason}.`);
}

/** Long enough to do what needs a recent sign-in, short enough to wait for its end. */
const WINDOW = '5s';

describe.skipIf(missing.length > 0).each(['lax', 'strict'])('a sign-in with SameSite=%s', (sameSite) => {
  let origin: string;
  let provider: string;
  let project: ChildProcess;
  let chromium: Awaited<ReturnType<typeof chromiumTrusting>>;
  let context: BrowserContext;
  let page: Page;
  let complaints: Complaints;

  beforeAll(async () => {
    const port = await freePort();
    const choices = [
      '--auth',
      'oidc',
      '--same-site',
      sameSite,
      '--port',
      String(port),
      '--reauth-window',
      WINDOW,
    ];
    const directory = await emit('browser-sign-in', choices, `browser-sign-in-${sameSite}`);
    origin = `https://browser-sign-in.localhost:${port}`;
    provider = `https://localhost:${port + 1}`;
    project = await runDevelopment(directory);
    const authorities = ['certs/ca.pem', '.data/provider/ca.pem'].map((file) => {
      return readFileSync(join(directory, file), 'utf8');
    });
    chromium = await chromiumTrusting(...authorities);
    ({ context } = chromium);
    context.setDefaultTimeout(15_000);
  });

  afterAll(async () => {
    await chromium?.close();
    if (project?.exitCode !== null) return;
    project.kill('SIGTERM');
    await once(project, 'exit');
  });

  beforeEach(async () => {
    await context.clearCookies();
    page = await context.newPage();
    complaints = new Complaints(page);
  });

  afterEach(async () => {
    await page.close();
    expect(complaints.texts).toEqual([]);
  });

  it('leads to the provider and back, and carries the cart over under a new id', async () => {
    await page.goto(`${origin}/`);
    await page.getByRole('button', { name: 'One more tea' }).click();
    await expect.poll(async () => (await ask('/api/cart')).items).toEqual([{ sku: 'tea', quantity: 1 }]);
    const before = await sessionCookie();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await picture('login');
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Development provider' }).waitFor();
    await picture('provider');
    await page.getByRole('button', { name: 'alice' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.getByText('alice@example.test').waitFor();
    await expect.poll(() => page.getByLabel('Tea in your cart').textContent()).toBe('1');
    const after = await sessionCookie();
    expect(after).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: sameSite === 'lax' ? 'Lax' : 'Strict',
    });
    expect(after?.value).not.toBe(before?.value);
    expect(page.url()).toBe(`${origin}/`);
  });

  it('leaves no code in the history', async () => {
    complaints.isRefusalWanted = true; // the provider, asked once more, leads back to a sign-in that is over
    await signIn('alice');
    await page.goBack();
    await page.getByText('This sign-in is over.').waitFor();
    expect(page.url()).toBe(`${origin}/signed-in`);
    expect(await ask('/api/session')).toMatchObject({ authenticated: true });
  });

  it('works in two tabs at once', async () => {
    const tab = await context.newPage();
    for (const one of [page, tab]) {
      await one.goto(`${origin}/login`);
      await one.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
      await one.getByRole('heading', { name: 'Development provider' }).waitFor();
    }
    for (const one of [page, tab]) {
      await one.getByRole('button', { name: 'bob' }).click();
      await one.getByRole('heading', { name: 'Your account' }).waitFor();
    }
    await tab.close();
  });

  it('that is cancelled at the provider says so', async () => {
    complaints.isRefusalWanted = true;
    await page.goto(`${origin}/login`);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('You cancelled the sign-in.').waitFor();
    await picture('cancelled');
    expect(await ask('/api/session')).toEqual({ authenticated: false });
  });

  it('is asked for again before dangerous actions, and then they are possible', async () => {
    complaints.isRefusalWanted = true;
    await signIn('carol');
    const isRecent = async () => Date.parse((await ask('/api/session')).reauthenticatedUntil) > Date.now();
    await expect.poll(isRecent, { timeout: 30_000 }).toBe(false);
    await page.getByText('Delete your account', { exact: true }).click();
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await picture('again');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Development provider' }).waitFor(); // it asks, though it knows the browser
    await page.getByRole('button', { name: 'carol' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByText('Delete your account', { exact: true }).click();
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByText('You are not signed in.').waitFor();
  });

  it('ends by a logout here, which goes on at the provider and comes back', async () => {
    await signIn('alice');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are not signed in.').waitFor();
    expect(page.url()).toBe(`${origin}/`);
    await page.goto(`${origin}/login`);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Development provider' }).waitFor(); // it has forgotten the browser
  });

  it('ends by a logout at the provider, in another tab (back-channel logout)', async () => {
    await signIn('alice');
    const tab = await context.newPage();
    await tab.goto(`${provider}/logout`);
    await tab.getByText('You are signed out.').waitFor();
    await tab.close();
    expect(await ask('/api/session')).toEqual({ authenticated: false });
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  /** Leads to the account. */
  async function signIn(name: string): Promise<void> {
    await page.goto(`${origin}/login`);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox').fill(name);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  }

  /** What the API answers to the page. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  function ask(path: string): Promise<any> {
    return page.evaluate(async (address) => (await fetch(address)).json(), path);
  }

  async function sessionCookie() {
    return (await context.cookies(origin)).find(({ name }) => name === '__Host-id');
  }

  async function picture(name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(resolve(folder), `sign-in-${sameSite}-${name}.png`) });
  }
});

/** Runs what `npm run dev` runs, until the server listens. */
async function runDevelopment(directory: string): Promise<ChildProcess> {
  const compiler = resolve('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: directory });
  const program = ['--env-file-if-exists=.env', 'dist/scripts/dev.js'];
  const project = spawn(process.execPath, program, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [project.stdout, project.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const isListening = () => output.includes('listening for') || project.exitCode !== null;
  await vi.waitUntil(isListening, { timeout: 60_000 });
  if (project.exitCode !== null) throw new Error(`npm run dev ended: ${output}`);
  return project;
}
