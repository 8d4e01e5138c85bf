import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../src/steps/git.ts';
import { fakeProgram } from '../support/fake-program.ts';
import { cleanEnv } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

function project(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'a.txt'), '');
  writeFileSync(join(directory, '.env'), 'SECRET=1');
  writeFileSync(join(directory, '.gitignore'), '.env\n');
  return directory;
}

const ask = (cwd: string, ...args: string[]) =>
  execFileSync('git', args, { cwd, encoding: 'utf8', env: cleanEnv({}) }).trim();

/** As on a machine where git was never configured. */
const noIdentity = () => {
  const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL, ...env } = cleanEnv({});
  return { ...env, HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere', GIT_CONFIG_NOSYSTEM: '1', EMAIL: '' };
};

/** Settings as another program hands them to git. */
const config = (...settings: [string, string][]): Record<string, string> =>
  Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);

function ignoring(folder: string): string {
  writeFileSync(join(folder, 'ignore'), '*.txt\n');
  return join(folder, 'ignore');
}

function ignoringByDefault(folder: string): string {
  mkdirSync(join(folder, 'git'));
  ignoring(join(folder, 'git'));
  return folder;
}

describe('git', () => {
  it('makes a repository with one commit of everything but what is ignored', async () => {
    const directory = project();
    expect(await git(directory, { env: cleanEnv({}), signal })).toMatchObject({ status: 'done' });
    expect(ask(directory, 'log', '--format=%an %s')).toBe('Test Start from create-secure-session-app');
    expect(ask(directory, 'ls-files').split('\n')).toEqual(['.gitignore', 'a.txt']);
    expect(ask(directory, 'status', '--porcelain')).toBe('');
  });

  it('makes none inside another work tree, which would hide the project from it', async () => {
    const outer = temporaryDirectory();
    ask(outer, 'init', '--quiet');
    const inner = join(outer, 'packages', 'my-app');
    mkdirSync(inner, { recursive: true });
    const result = await git(inner, { env: cleanEnv({}), signal });
    expect(result).toMatchObject({
      status: 'skipped',
      note: expect.stringContaining('inside a git work tree'),
    });
    expect(ask(inner, 'rev-parse', '--show-toplevel')).toBe(outer);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "makes none inside another user's repository, which git does not trust",
    async () => {
      const outer = temporaryDirectory();
      ask(outer, 'init', '--quiet');
      for (const path of [outer, join(outer, '.git')]) chownSync(path, 65_534, 65_534);
      const inner = join(outer, 'my-app');
      mkdirSync(inner);
      // Tests of other projects may trust every folder.
      const env = {
        ...cleanEnv({}),
        HOME: '/nowhere',
        XDG_CONFIG_HOME: '/nowhere',
        GIT_CONFIG_NOSYSTEM: '1',
      };
      const result = await git(inner, { env, signal });
      expect(result).toMatchObject({ status: 'skipped', note: expect.stringContaining('dubious ownership') });
      expect(readdirSync(inner)).toEqual([]);
    },
  );

  it('makes none inside a bare repository, and says that it is one', async () => {
    const outer = temporaryDirectory();
    ask(outer, 'init', '--quiet', '--bare');
    const inner = join(outer, 'my-app');
    mkdirSync(inner);
    expect(await git(inner, { env: cleanEnv({}), signal })).toEqual({
      step: 'git',
      status: 'skipped',
      note: 'skipped: the project is inside a repository without a work tree',
    });
    expect(readdirSync(inner)).toEqual([]);
  });

  it.each([
    ['GIT_COMMON_DIR', (elsewhere: string) => ({ GIT_COMMON_DIR: join(elsewhere, '.git') })],
    ['GIT_INDEX_FILE', (elsewhere: string) => ({ GIT_INDEX_FILE: join(elsewhere, '.git', 'index') })],
    ['core.safecrlf', () => config(['core.safecrlf', 'true'], ['core.autocrlf', 'true'])],
    ['core.excludesFile', (elsewhere: string) => config(['core.excludesFile', ignoring(elsewhere)])],
    [
      '$XDG_CONFIG_HOME/git/ignore',
      (elsewhere: string) => ({ XDG_CONFIG_HOME: ignoringByDefault(elsewhere) }),
    ],
    ['core.bare', () => config(['core.bare', 'true'])],
    ['core.worktree', (elsewhere: string) => config(['core.worktree', elsewhere])],
    ['commit.template', () => config(['commit.template', '/nowhere'])],
  ])('commits everything, whatever %s says', async (_what, variables) => {
    const elsewhere = temporaryDirectory();
    ask(elsewhere, 'init', '--quiet');
    const directory = project();
    expect(await git(directory, { env: cleanEnv({ ...variables(elsewhere) }), signal })).toMatchObject({
      status: 'done',
    });
    expect(ask(directory, 'ls-files').split('\n')).toEqual(['.gitignore', 'a.txt']);
    expect(ask(directory, 'status', '--porcelain')).toBe('');
  });

  it('leaves the first commit to somebody with a name', async () => {
    const directory = project();
    const result = await git(directory, { env: noIdentity(), signal });
    expect(result).toMatchObject({
      status: 'skipped',
      note: expect.stringContaining('does not know your name and email'),
    });
    expect(() => ask(directory, 'rev-parse', 'HEAD')).toThrow();
    expect(ask(directory, 'rev-parse', '--is-inside-work-tree')).toBe('true');
  });

  it('does without git where there is none', async () => {
    const result = await git(project(), { env: { PATH: temporaryDirectory() }, signal });
    expect(result).toEqual({ step: 'git', status: 'skipped', note: 'skipped: git is not installed' });
  });

  it('ignores the repository that a hook or an alias points to', async () => {
    const elsewhere = temporaryDirectory();
    ask(elsewhere, 'init', '--quiet');
    const directory = project();
    const env = cleanEnv({ GIT_DIR: join(elsewhere, '.git'), GIT_WORK_TREE: elsewhere });
    expect(await git(directory, { env, signal })).toMatchObject({ status: 'done' });
    expect(ask(directory, 'ls-files').split('\n')).toContain('a.txt');
  });

  it('says why a commit failed, and how to finish', async () => {
    const folder = temporaryDirectory();
    const failing =
      "if (process.argv.includes('commit')) { console.error('fatal: hook says no'); process.exit(1); }";
    const inside =
      "if (process.argv.includes('rev-parse')) { console.error('fatal: not a git repository'); process.exit(128); }";
    fakeProgram(folder, 'git', `${failing}\n${inside}`);
    const result = await git(project(), { env: { PATH: folder }, signal });
    expect(result).toMatchObject({
      status: 'failed',
      note: 'git commit failed: fatal: hook says no',
      finish: expect.stringContaining('git commit'),
    });
  });
});
