import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install } from '../../src/steps/install.ts';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { localProject } from '../support/local-project.ts';
import { cleanEnv } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

const PLAIN = { docker: false, ci: null } as const;

const RECORD = `${INSTALLS} require('node:fs').writeFileSync('called.json', JSON.stringify(process.argv.slice(2)));`;

describe('install', () => {
  it.each([
    ['npm', ['install', '--include=dev']],
    ['pnpm', ['install', '--prod=false']],
    ['yarn', ['install']],
    ['bun', ['install']],
  ] as const)('calls %s install in the project', async (packageManager, args) => {
    const [folder, directory] = [temporaryDirectory(), localProject()];
    fakeProgram(folder, packageManager, RECORD);
    const result = await install({ ...PLAIN, directory, packageManager }, { env: { PATH: folder }, signal });
    expect(result).toEqual({ step: 'install', status: 'done', note: 'dependencies installed' });
    expect(JSON.parse(readFileSync(join(directory, 'called.json'), 'utf8'))).toEqual(args);
  });

  it('says how to finish when it fails', async () => {
    const [folder, directory] = [temporaryDirectory(), localProject()];
    fakeProgram(folder, 'npm', 'process.exit(7)');
    const result = await install(
      { ...PLAIN, directory, packageManager: 'npm' },
      { env: { PATH: folder }, signal },
    );
    expect(result).toEqual({
      step: 'install',
      status: 'failed',
      note: '"npm install" failed',
      finish: 'npm install',
    });
  });

  it('says so when the package manager is not there', async () => {
    const env = { PATH: temporaryDirectory() };
    const result = await install(
      { ...PLAIN, directory: localProject(), packageManager: 'bun' },
      { env, signal },
    );
    expect(result).toMatchObject({ status: 'failed', note: 'bun is not installed', finish: 'bun install' });
  });

  it.each([
    { NODE_ENV: 'production' },
    { npm_config_omit: 'dev' },
    { NPM_CONFIG_OMIT: 'dev' },
    { npm_config_production: 'true' },
    { npm_config_only: 'prod' },
    { npm_config_global: 'true' },
    { npm_config_location: 'global' },
    { npm_config_package_lock_only: 'true' },
    { npm_config_package_lock: 'false' },
    { npm_config_dry_run: 'true' },
  ])('by npm is the same with %j', async (variables) => {
    const directory = localProject();
    // So that --global would hit nothing of this machine.
    const env = cleanEnv({ ...variables, npm_config_prefix: temporaryDirectory() });
    const result = await install({ ...PLAIN, directory, packageManager: 'npm' }, { env, signal });
    expect(result).toMatchObject({ status: 'done' });
    expect(existsSync(join(directory, 'node_modules', 'tests', 'package.json'))).toBe(true);
    expect(existsSync(join(directory, 'package-lock.json'))).toBe(true);
  });

  it('by npm asks for development dependencies, whatever a configuration file says', async () => {
    const [directory, home] = [localProject(), temporaryDirectory()];
    writeFileSync(join(home, '.npmrc'), 'omit=dev\n');
    const env = cleanEnv({ npm_config_userconfig: join(home, '.npmrc') });
    expect(await install({ ...PLAIN, directory, packageManager: 'npm' }, { env, signal })).toMatchObject({
      status: 'done',
    });
    expect(existsSync(join(directory, 'node_modules', 'tests', 'package.json'))).toBe(true);
  });

  it('does not call done what a configuration file kept from happening', async () => {
    const [directory, home] = [localProject(), temporaryDirectory()];
    writeFileSync(join(home, '.npmrc'), 'package-lock-only=true\n');
    const env = cleanEnv({ npm_config_userconfig: join(home, '.npmrc') });
    expect(await install({ ...PLAIN, directory, packageManager: 'npm' }, { env, signal })).toMatchObject({
      status: 'failed',
      note: expect.stringContaining('2 dependencies are not there, such as runs'),
      finish: 'npm install --workspaces=false --include=dev',
    });
  });

  it.each([
    [true, null],
    [false, 'github'],
  ] as const)('misses the lock file of a workspace, with docker %s and ci %s', async (docker, ci) => {
    const root = temporaryDirectory();
    const directory = localProject(root, 'packages/my-app');
    writeFileSync(join(root, 'package.json'), JSON.stringify({ private: true, workspaces: ['packages/*'] }));
    const env = cleanEnv({});
    const around = { env, signal } as const;
    const result = await install({ directory, packageManager: 'npm', docker, ci }, around);
    expect(result).toMatchObject({
      status: 'failed',
      note: expect.stringContaining('need a package-lock.json in the project'),
    });
    const { finish } = result as { finish: string };
    execFileSync('bash', ['-c', finish], { cwd: directory, env, stdio: 'ignore' });
    expect(existsSync(join(directory, 'package-lock.json'))).toBe(true);
    expect(await install({ directory, packageManager: 'npm', ...PLAIN }, around)).toMatchObject({
      status: 'done',
    });
  });
});
