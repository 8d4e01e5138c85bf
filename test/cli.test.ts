import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from './support/in-process.ts';
import { listFiles, temporaryDirectory } from './support/temporary.ts';

const QUICK = ['--no-install', '--no-git'];

describe('create', () => {
  it('is the long form', async () => {
    const cwd = temporaryDirectory();
    expect((await runInProcess(['create', 'my-app', ...QUICK], cwd)).code).toBe(0);
    expect(listFiles(join(cwd, 'my-app'))).toContain('.secure-session.json');
    expect(listFiles(cwd).filter((path) => !path.startsWith('my-app/'))).toEqual([]);
  });

  it('takes the default directory where none is given, even beside a folder of its own name', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'create'));
    const { code, stdout } = await runInProcess(['create', '--dry-run', '--json'], cwd);
    expect({ code, directory: JSON.parse(stdout).directory }).toEqual({
      code: 0,
      directory: join(cwd, 'secure-session-app'),
    });
  });

  it.each([
    [['./create'], 'create'],
    [['create', 'create'], 'create'],
    [['create', 'update'], 'update'],
    [['--json', 'doctor'], 'doctor'],
  ])('goes by the first word only: %j is a project called %s', async (args, name) => {
    const cwd = temporaryDirectory();
    const { stdout } = await runInProcess([...args, '--dry-run', '--json'], cwd);
    expect(JSON.parse(stdout).directory).toBe(join(cwd, name));
  });

  it('has the same help and version', async () => {
    for (const flag of ['--help', '--version'])
      expect(await runInProcess(['create', flag], '/')).toEqual(await runInProcess([flag], '/'));
  });
});

describe.each(['update', 'doctor', 'add', 'certs'])('%s', (word) => {
  it('is a command, whatever lies on the disk, and says how to write the folder', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, word));
    const { code, stdout, stderr } = await runInProcess([word, ...QUICK], cwd);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `create-secure-session-app: \`${word}\` will be a command and is not built yet. For a folder of that name, write ./${word}.\n`,
    );
    expect(listFiles(cwd)).toEqual([]);
  });

  it('is a folder when written as a path', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runInProcess([`./${word}`, '--dry-run', '--json'], cwd);
    expect({ code, directory: JSON.parse(stdout).directory }).toEqual({
      code: 0,
      directory: join(cwd, word),
    });
  });
});

describe('a command that is not built', () => {
  it.each(['--help', '--version', '--print-schema'])('exits 2 with %s too', async (flag) => {
    expect(await runInProcess(['update', flag], temporaryDirectory())).toMatchObject({ code: 2, stdout: '' });
  });

  it('is one document with --json', async () => {
    const { code, stdout } = await runInProcess(['doctor', '--json'], temporaryDirectory());
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { code: 'command_not_built', fix: 'For a folder of that name, write ./doctor.' },
    });
  });
});
