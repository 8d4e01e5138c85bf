import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { install } from '../../src/steps/install.ts';
import { localProject } from '../support/local-project.ts';
import { cleanEnv } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { folderOf } from './support/tools.ts';

/** The real pnpm, which installs the workspace around a project that the workspace does not list, and nothing else. */
it.each([
  ['apps/my-app', 'alone'],
  ['packages/my-app', 'as a part of it'],
])('pnpm installs %s below a workspace of packages/* %s', async (path, how) => {
  const root = temporaryDirectory();
  const directory = localProject(root, path);
  writeFileSync(join(root, 'pnpm-workspace.yaml'), 'packages:\n  - packages/*\n');
  writeFileSync(join(root, 'package.json'), '{ "name": "root", "private": true }');
  const pnpm = await folderOf('pnpm', 'pnpm@10', process.cwd());
  const env = cleanEnv({ PATH: `${pnpm}:${process.env.PATH}`, NODE_ENV: 'production' });
  const world = { env, signal: new AbortController().signal } as const;
  const answers = { directory, packageManager: 'pnpm', docker: false, ci: null } as const;
  expect(await install(answers, world)).toEqual({
    step: 'install',
    status: 'done',
    note: 'dependencies installed',
  });
  expect(existsSync(join(directory, 'node_modules', 'tests', 'package.json'))).toBe(true);
  expect(existsSync(join(root, 'pnpm-lock.yaml'))).toBe(how !== 'alone');
});
