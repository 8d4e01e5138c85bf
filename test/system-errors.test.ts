import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../src/errors.ts';
import { explained } from '../src/system-errors.ts';
import { fakeProgram } from './support/fake-program.ts';
import { runInProcess } from './support/in-process.ts';
import { bash } from './support/interrupted.ts';
import { BIN, type Run, runProgram } from './support/program.ts';
import { expectComplete } from './support/robustness-check.ts';
import { temporaryDirectory } from './support/temporary.ts';

/** What the system refuses is the user's to mend: exit 3, one line that says how, and a disk as before. */
function expectRefusal({ code, stderr }: Run, reason: string): void {
  const said = stderr.replace(/^Warning: Node .*\n/, '');
  expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining(reason) });
  expect(said.trimEnd().split('\n')).toHaveLength(1);
}

/** A file system of its own at the path; false where none can be mounted. */
function mounted(path: string): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => {
    execFileSync('umount', [path]);
  });
  return true;
}

const QUICK = '--no-install --no-git';
const PERMISSION =
  Number(process.versions.node.split('.')[0]) < 23 ? '--experimental-permission' : '--permission';

describe('what the system refuses', () => {
  it.each([
    ['a limit to the size of files', `ulimit -f 1; "$1" "$2" my-app ${QUICK}`, 'ulimit -f'],
    [
      'links in a circle',
      `ln -s b a; ln -s a b; "$1" "$2" a/my-app ${QUICK}; c=$?; rm a b; exit $c`,
      'circle',
    ],
    [
      'a target that is a circle',
      `ln -s my-app my-app; "$1" "$2" my-app ${QUICK}; c=$?; rm my-app; exit $c`,
      'circle',
    ],
    ['a name that is too long', `"$1" "$2" ${'a/'.repeat(2040)}my-app ${QUICK}`, 'too long'],
    [
      'a current directory that is gone',
      `mkdir x; cd x; rmdir ../x; "$1" "$2" my-app ${QUICK}`,
      'exist any more',
    ],
    [
      'no file system at all',
      `"$1" ${PERMISSION} --allow-fs-read=$(dirname $(dirname "$2")) "$2" my-app ${QUICK}`,
      '--allow-fs',
    ],
    ['only reading', `"$1" ${PERMISSION} --allow-fs-read=* "$2" my-app ${QUICK}`, '--allow-fs-write'],
  ])('%s', async (_what, script, reason) => {
    const cwd = temporaryDirectory();
    const run = await bash(BIN, cwd, script);
    const stderr = run.stderr.replace(/^\(node:\d+\) ExperimentalWarning.*\n\(Use .*\n/, '');
    expectRefusal({ ...run, stderr }, reason);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('a limit to open files, wherever it is reached', async () => {
    const cwd = temporaryDirectory();
    const script = (limit: number) => `ulimit -n ${limit}; "$1" "$2" my-app ${QUICK}`;
    const limits = Array.from({ length: 16 }, (_, index) => 12 + index);
    const runs = await Promise.all(limits.map((limit) => bash(BIN, cwd, script(limit))));
    // With fewer Node itself cannot start, with more there are enough.
    const ours = runs.filter(({ stderr }) => stderr.includes('create-secure-session-app:'));
    const refused = ours.filter(({ stderr }) => stderr.includes('open files'));
    expect(refused.length).toBeGreaterThan(0);
    for (const run of refused) expectRefusal(run, 'ulimit -n');
  });

  it('a directory with a NUL, which only a configuration can name', async () => {
    const cwd = temporaryDirectory();
    for (const directory of ['a\u0000b', 'a\u0000b/my-app', '@a\u0000b/my-app']) {
      const { code, stderr } = await runInProcess(['--config', '-'], cwd, JSON.stringify({ directory }));
      expect([2, 3]).toContain(code);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(readdirSync(cwd)).toEqual([]);
    }
  });

  it('a file of a merge that may not be read', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'my-app'));
    writeFileSync(join(cwd, 'my-app', 'README.md'), 'mine');
    chmodSync(join(cwd, 'my-app', 'README.md'), 0);
    // Root may read everything, so it becomes nobody for this.
    for (const path of ['..', '.', 'my-app']) chmodSync(join(cwd, path), 0o777);
    const user = process.getuid?.() === 0 ? { user: { uid: 65_534, gid: 65_534 } } : {};
    const args = ['my-app', '--on-conflict', 'merge', ...QUICK.split(' ')];
    expectRefusal(await runProgram(args, { cwd, ...user }), 'README.md: permission denied');
    expect(readdirSync(join(cwd, 'my-app'))).toEqual(['README.md']);
  });

  it('a temporary folder for mkcert that is not there', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'mkcert', '');
    const env = { PATH: `${folder}:${process.env.PATH}`, TMPDIR: join(folder, 'gone') };
    const run = await runProgram(['my-app', '--tls', 'mkcert', ...QUICK.split(' ')], { cwd, env });
    expectRefusal(run, 'no such file or directory. Set TMPDIR');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(
    'EACCES EPERM EROFS ENOENT ENOTDIR EISDIR ELOOP ENAMETOOLONG EXDEV ENOSPC EDQUOT EFBIG EMFILE ENFILE EAGAIN ENOMEM EBUSY EIO'.split(
      ' ',
    ),
  )('%s has a reason and a remedy', (code) => {
    expect(constants.errno).toHaveProperty(code);
    const error = Object.assign(new Error(code), { code, syscall: 'open', path: '/x' });
    for (const refusal of [explained(error), explained(error, '/x')]) {
      expect(refusal).toBeInstanceOf(UserError);
      expect(refusal).toMatchObject({ exitCode: 3, message: expect.stringMatching(/\/x: \w/) });
      expect((refusal as UserError).details.fix).toMatch(/^[A-Z]/);
    }
  });

  it('is nothing else: a mistake of ours keeps its stack', () => {
    const error = new TypeError('a mistake');
    expect(explained(error)).toBe(error);
  });
});

describe('what is odd, and works', () => {
  it.each(['src', 'src/session', 'certs'])('merging where %s is a file system of its own', async (path) => {
    const cwd = temporaryDirectory();
    if (!mounted(join(cwd, 'my-app', path))) return;
    const args = ['my-app', '--on-conflict', 'merge', ...QUICK.split(' ')];
    expect(await runProgram(args, { cwd })).toMatchObject({ code: 0 });
    expectComplete(cwd, 'my-app');
  });

  it('a Node that compiles no code from texts', async () => {
    const cwd = temporaryDirectory();
    const script = `"$1" --disallow-code-generation-from-strings "$2" my-app ${QUICK}`;
    expect(await bash(BIN, cwd, script)).toMatchObject({ code: 0 });
    expectComplete(cwd, 'my-app');
  });

  it('a Node that may write only the target, and start nothing', async () => {
    const cwd = temporaryDirectory();
    const script = `"$1" ${PERMISSION} --allow-fs-read=* --allow-fs-write="$PWD" "$2" my-app`;
    const { code, stdout } = await bash(BIN, cwd, script);
    expect({ code, stdout }).toEqual({
      code: 4,
      stdout: expect.stringContaining('permission model denies it'),
    });
    expectComplete(cwd, 'my-app');
  });
});
