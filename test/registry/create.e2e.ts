import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import tmp from 'tmp';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Circumstances, run } from '../package/support/commands.ts';
import { COMPLAINT } from '../package/support/install.ts';
import { folderOf } from '../package/support/tools.ts';
import { answerAll } from './answer-all.ts';
import { newcomer, type Registry, startRegistry } from './registry.ts';

const { name, removeCallback } = tmp.dirSync({ unsafeCleanup: true, prefix: 'css-registry-' });
const root = realpathSync(name);
let registry: Registry;

beforeAll(async () => {
  const folder = join(root, 'registry');
  mkdirSync(folder);
  registry = await startRegistry(folder, inject('tarball'));
});
afterAll(async () => {
  await registry?.stop();
  removeCallback();
});

/** An empty folder of somebody who never used npm. */
function emptyFolder(user: string): { cwd: string; env: Record<string, string> } {
  const cwd = join(root, user, 'projects');
  mkdirSync(cwd, { recursive: true });
  return { cwd, env: newcomer(registry, join(root, user, 'home')) };
}

const say = (text: string) => process.stdout.write(`registry: ${text}\n`);

it('npm create, with --yes, makes a project whose check and tests pass', async () => {
  const { cwd, env } = emptyFolder('npm');
  const begin = Date.now();
  const args = ['--yes', 'create', 'secure-session-app@latest', 'my-app', '--', '--yes'];
  const created = await run('npm', args, cwd, { env });
  expect(created.code, created.output).toBe(0);
  expect(created.output).not.toMatch(COMPLAINT);
  say(`npm create, cold: ${seconds(begin)} s with the install`);
  await passes('npm', join(cwd, 'my-app'), { env });
  say(`npm create to green tests: ${seconds(begin)} s`);
});

it('pnpm create makes a project that pnpm installs, with its lock file', async () => {
  const { cwd, env } = emptyFolder('pnpm');
  const circumstances = { env, path: [await folderOf('pnpm', 'pnpm@10', process.cwd())] };
  const args = ['create', 'secure-session-app@latest', 'my-app', '--yes', '--no-pages'];
  const created = await run('pnpm', args, cwd, circumstances);
  expect(created.code, created.output).toBe(0);
  expect(created.output).toMatch(/ pnpm create secure-session-app@\d+\.\d+\.\d+ my-app --no-pages --yes\n/);
  expect(existsSync(join(cwd, 'my-app', 'pnpm-lock.yaml'))).toBe(true);
  const checked = await run('pnpm', ['run', 'check'], join(cwd, 'my-app'), circumstances);
  expect(checked.code, checked.output).toBe(0);
});

it('npm create in a terminal asks, and with Enter to everything makes the default project', async () => {
  const { cwd, env } = emptyFolder('terminal');
  const { code, screen } = await answerAll('npm', ['create', 'secure-session-app@latest'], cwd, env);
  expect(code, screen).toBe(0);
  expect(screen).toMatch(/framework/i);
  expect(existsSync(join(cwd, 'secure-session-app', 'node_modules'))).toBe(true);
  const checked = await run('npm', ['run', 'check'], join(cwd, 'secure-session-app'), { env });
  expect(checked.code, checked.output).toBe(0);
});

async function passes(program: string, directory: string, circumstances: Circumstances): Promise<void> {
  for (const script of ['check', 'test']) {
    const { code, output } = await run(program, ['run', script], directory, circumstances);
    expect(code, output).toBe(0);
  }
}

const seconds = (begin: number): string => ((Date.now() - begin) / 1000).toFixed(1);
