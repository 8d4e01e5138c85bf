import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlannedFile } from '../../src/plan/planned-file.ts';
import { writeProject } from '../../src/write/target.ts';
import { checkTarget } from '../../src/write/target-check.ts';
import { BIN } from '../support/program.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';

const file = (path: string, mode = 0o644): PlannedFile => ({ path, contents: `contents of ${path}`, mode });

const FILES = [file('a.txt'), file('src/deep/b.txt'), file('.env', 0o600), file('manifest.json')];

/** Cannot be written: what comes before it can. */
const FAILS_HALF_WAY = [file('a.txt'), file('src/b.txt'), file('a.txt/impossible'), file('manifest.json')];

describe('checkTarget', () => {
  it.each([
    ['is not there yet', () => {}],
    ['is an empty directory', (target: string) => mkdirSync(target)],
  ])('lets a target pass that %s', (_what, prepare) => {
    const target = join(temporaryDirectory(), 'my-app');
    prepare(target);
    expect(() => checkTarget(target)).not.toThrow();
  });

  it('names what a directory holds, but not all of it', () => {
    const directory = temporaryDirectory();
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(directory, name), '');
    expect(() => checkTarget(directory)).toThrow(/is not empty: it contains a, b, c and 2 more$/);
  });

  it.each([
    ['is a file', (target: string) => writeFileSync(target, '')],
    ['is a link to nowhere', (target: string) => symlinkSync('/nowhere/at/all', target)],
  ])('refuses a target that %s', (_what, prepare) => {
    const target = join(temporaryDirectory(), 'my-app');
    prepare(target);
    expect(() => checkTarget(target)).toThrow('is not a directory');
  });

  it.each(['#', '?', '%20', '\n', '\\', '\u0007', '\u0000'])(
    'refuses a path with %j, where the tests of a project cannot run',
    (characters) => {
      for (const path of [`a${characters}b/my-app`, `${characters}/@scope/my-app`])
        expect(() => checkTarget(join(temporaryDirectory(), path))).toThrow('cannot run there');
    },
  );

  it.each(['100%', "it's", 'späces ünd 雪', '(1)', '[2]', '{3}', '$HOME', '&', '+', '~', '!', '@', ';'])(
    'takes a path with %j',
    (name) => {
      expect(() => checkTarget(join(temporaryDirectory(), name, 'my-app'))).not.toThrow();
    },
  );

  it('refuses a target below a file', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    expect(() => checkTarget(join(directory, 'file', 'my-app'))).toThrow('is not a directory');
  });
});

describe('writeProject', () => {
  it('makes a new directory, and the ones above it, with every file and its mode', async () => {
    const directory = temporaryDirectory();
    const target = join(directory, 'one', 'two', 'my-app');
    await writeProject(target, FILES);
    expect(listFiles(directory)).toEqual(FILES.map(({ path }) => `one/two/my-app/${path}`).sort());
    expect(readFileSync(join(target, 'src/deep/b.txt'), 'utf8')).toBe('contents of src/deep/b.txt');
    expect(statSync(join(target, '.env')).mode & 0o777).toBe(0o600);
  });

  it('fills an empty directory that is there, and a link to one', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'real'));
    symlinkSync('real', join(directory, 'link'));
    await writeProject(join(directory, 'link'), FILES);
    expect(listFiles(join(directory, 'real'))).toEqual(FILES.map(({ path }) => path).sort());
  });

  it('leaves nothing when it fails half way into a new directory', async () => {
    const directory = temporaryDirectory();
    await expect(writeProject(join(directory, 'one', 'two', 'my-app'), FAILS_HALF_WAY)).rejects.toThrow();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves an empty directory empty when it fails half way', async () => {
    const directory = temporaryDirectory();
    await expect(writeProject(directory, FAILS_HALF_WAY)).rejects.toThrow();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves none of the folders above when the path turns out too long', async () => {
    const directory = temporaryDirectory();
    const parts = Array.from({ length: 40 }, () => 'd'.repeat(100));
    const above = join(directory, ...parts).slice(0, 4075);
    await expect(writeProject(join(above, 'my-app'), FILES)).rejects.toMatchObject({ exitCode: 3 });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('makes folders that only the owner may write, whatever the umask is', async () => {
    const directory = temporaryDirectory();
    const before = process.umask(0);
    try {
      await writeProject(join(directory, 'above', 'my-app'), FILES);
    } finally {
      process.umask(before);
    }
    for (const path of ['above', 'above/my-app', 'above/my-app/src', 'above/my-app/src/deep'])
      expect([path, statSync(join(directory, path)).mode & 0o777]).toEqual([path, 0o755]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "is not stopped by another user's stale stage in a shared folder",
    () => {
      const directory = temporaryDirectory();
      const dead = spawnSync(process.execPath, ['-e', '0']).pid;
      const stage = join(directory, `.my-app.stage-${dead}-0123abcd`);
      mkdirSync(join(stage, 'src'), { recursive: true });
      for (const path of [join(directory, '..'), directory]) chmodSync(path, 0o1777);
      const options = { cwd: directory, uid: 65_534, gid: 65_534, encoding: 'utf8' } as const;
      const { status, stderr } = spawnSync(
        process.execPath,
        [BIN, 'my-app', '--no-install', '--no-git'],
        options,
      );
      expect({ status, stderr: stderr.replace(/^Warning.*\n/, '') }).toEqual({ status: 0, stderr: '' });
      expect(existsSync(stage)).toBe(true);
    },
  );

  it('writes nothing over what is there', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a.txt'), 'mine');
    await expect(writeProject(directory, FILES)).rejects.toMatchObject({ exitCode: 3 });
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('mine');
    expect(readdirSync(directory)).toEqual(['a.txt']);
  });

  it('sweeps the stage of a dead run that had written everything', async () => {
    const directory = temporaryDirectory();
    const dead = spawnSync(process.execPath, ['-e', '0']).pid;
    const stage = join(directory, `.${basename(directory)}.stage-${dead}-0123abcd`);
    mkdirSync(stage);
    await writeProject(directory, []);
    expect(existsSync(stage)).toBe(false);
  });

  it('sweeps the stages of dead runs for the same target, and no others', async () => {
    const directory = temporaryDirectory();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const stages = [
      `.my-app.stage-${dead}-0123abcd`,
      `.my-app.stage-${process.pid}-0123abcd`,
      `.other.stage-${dead}-0123abcd`,
      '.my-app.stage-notes',
    ];
    for (const stage of stages) mkdirSync(join(directory, stage, 'src'), { recursive: true });
    await writeProject(join(directory, 'my-app'), FILES);
    expect(stages.map((stage) => existsSync(join(directory, stage)))).toEqual([false, true, true, true]);
  });

  it('says what a full or read-only disk means, with exit code 3', async () => {
    // On Linux nothing can be made in /proc, not even by root.
    if (process.platform !== 'linux') return;
    const target = '/proc/my-app';
    await expect(writeProject(target, FILES)).rejects.toMatchObject({
      code: 'target_not_writable',
      exitCode: 3,
    });
  });
});
