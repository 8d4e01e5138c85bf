import { mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';

const QUICK = ['--no-install', '--no-git'];
const MERGE = ['my-app', '--on-conflict', 'merge', ...QUICK];

async function madeProject(): Promise<{ cwd: string; at: (path: string) => string }> {
  const cwd = temporaryDirectory();
  expect((await runInProcess(['my-app', ...QUICK], cwd)).code).toBe(0);
  return { cwd, at: (path) => join(cwd, 'my-app', path) };
}

const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(listFiles(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));

describe('--on-conflict merge', () => {
  it('changes nothing where everything is there', async () => {
    const { cwd, at } = await madeProject();
    const before = contentsOf(at(''));
    const { code, stdout } = await runInProcess(MERGE, cwd);
    expect({ code, after: contentsOf(at('')) }).toEqual({ code: 0, after: before });
    expect(stdout).toContain('0 files added');
  });

  it('adds what is missing, and leaves secrets and what is nobody of ours alone', async () => {
    const { cwd, at } = await madeProject();
    const before = contentsOf(at(''));
    for (const path of ['package.json', '.secure-session.json']) unlinkSync(at(path));
    rmSync(at('src'), { recursive: true });
    writeFileSync(at('.env'), 'MINE=1\n');
    writeFileSync(at('notes.txt'), 'mine');
    expect((await runInProcess(MERGE, cwd)).code).toBe(0);
    expect(contentsOf(at(''))).toEqual({ ...before, '.env': 'MINE=1\n', 'notes.txt': 'mine' });
  });

  it('lists what differs, exits 3 and writes nothing', async () => {
    const { cwd, at } = await madeProject();
    unlinkSync(at('package.json'));
    writeFileSync(at('README.md'), 'mine');
    const before = contentsOf(at(''));
    const { code, stderr } = await runInProcess(MERGE, cwd);
    expect({ code, after: contentsOf(at('')) }).toEqual({ code: 3, after: before });
    expect(stderr).toContain('a file differs from what would be written: README.md.');
  });

  it('follows no link out of the directory', async () => {
    const cwd = temporaryDirectory();
    for (const name of ['my-app', 'elsewhere']) mkdirSync(join(cwd, name));
    symlinkSync('../elsewhere', join(cwd, 'my-app', 'src'));
    const { code, stderr } = await runInProcess(MERGE, cwd);
    expect(code).toBe(3);
    expect(stderr).toContain('src/app.ts');
    expect(listFiles(join(cwd, 'elsewhere'))).toEqual([]);
  });

  it('completes no part of a certificate with a key that does not fit', async () => {
    const { cwd, at } = await madeProject();
    unlinkSync(at('certs/server-key.pem'));
    const { code, stderr } = await runInProcess(MERGE, cwd);
    expect(code).toBe(3);
    expect(stderr).toContain('certs/ca.pem, certs/server.pem');
  });

  it('completes what a killed run left, and sweeps its stage', async () => {
    const { cwd, at } = await madeProject();
    const before = contentsOf(at(''));
    unlinkSync(at('.secure-session.json'));
    mkdirSync(at('.my-app.stage-999999999-0123abcd'));
    writeFileSync(at('.my-app.stage-999999999-0123abcd/.env'), 'half');
    expect((await runInProcess(MERGE, cwd)).code).toBe(0);
    expect(contentsOf(at(''))).toEqual(before);
  });
});

describe('a directory with harmless files', () => {
  it('takes the project, and keeps them', async () => {
    const cwd = temporaryDirectory();
    for (const folder of ['.git', '.idea', '.vscode'])
      mkdirSync(join(cwd, 'my-app', folder), { recursive: true });
    writeFileSync(join(cwd, 'my-app', 'LICENSE'), 'mine');
    expect((await runInProcess(['my-app', ...QUICK], cwd)).code).toBe(0);
    expect(readFileSync(join(cwd, 'my-app', 'LICENSE'), 'utf8')).toBe('mine');
    expect(listFiles(join(cwd, 'my-app'))).toContain('.secure-session.json');
  });
});

describe('--dry-run', () => {
  it('shows what is to create, identical or different, with a diff that patch understands', async () => {
    const { cwd, at } = await madeProject();
    const readme = readFileSync(at('README.md'), 'utf8');
    unlinkSync(at('package.json'));
    writeFileSync(at('README.md'), readme.replace(/^# .*$/m, '# Mine'));
    const before = contentsOf(at(''));
    const { code, stdout } = await runInProcess(['my-app', '--dry-run', ...QUICK], cwd);
    expect({ code, after: contentsOf(at('')) }).toEqual({ code: 0, after: before });
    expect(stdout).toMatch(/^ {2}create +\d+ {2}package\.json$/m);
    expect(stdout).toMatch(/^ {2}identical +\d+ {2}src\/app\.ts$/m);
    expect(stdout).toMatch(/^ {2}kept +\d+ {2}\.env$/m);
    expect(stdout).toContain('--- a/README.md\n+++ b/README.md\n@@ -1,4 +1,4 @@\n-# Mine\n+# my-app\n');
    expect(stdout).toContain('1 to create');
  });

  it('shows no secret, though .env differs', async () => {
    const { cwd, at } = await madeProject();
    writeFileSync(at('.env'), 'SECRET=mine\n');
    for (const flags of [[], ['--json']]) {
      const { stdout } = await runInProcess(['my-app', '--dry-run', ...flags, ...QUICK], cwd);
      expect(stdout).not.toContain('SECRET=mine');
    }
  });
});
