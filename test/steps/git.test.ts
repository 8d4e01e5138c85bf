import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
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
    const inside = "if (process.argv.includes('rev-parse')) process.exit(128);";
    fakeProgram(folder, 'git', `${failing}\n${inside}`);
    const result = await git(project(), { env: { PATH: folder }, signal });
    expect(result).toMatchObject({
      status: 'failed',
      note: 'git commit failed: fatal: hook says no',
      finish: expect.stringContaining('git commit'),
    });
  });
});
