import { chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { interrupted, tenAtOnce } from '../support/interrupted.ts';
import { BIN, runProgram } from '../support/program.ts';
import { expectComplete } from '../support/robustness-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('ten runs at once', () => {
  it.each([
    ['for a new target', [], false],
    ['into an existing folder', [], true],
    ['for a new target that may hold files', ['--on-conflict', 'merge'], false],
    ['into an existing folder that may hold files', ['--on-conflict', 'merge'], true],
  ])('%s: exactly one does it, and installs', { timeout: 60_000 }, async (_what, flags, exists) => {
    const cwd = temporaryDirectory();
    if (exists) mkdirSync(join(cwd, 'my-app'));
    const runs = await tenAtOnce(BIN, cwd, ['my-app', ...flags, '--no-git']);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
    for (const { code, stderr } of runs) if (code === 3) expect(stderr).toContain('Choose another directory');
    expectComplete(cwd, 'my-app');
  });
});

function withNpm(env: Record<string, string>): Record<string, string> {
  const folder = temporaryDirectory();
  fakeProgram(folder, 'npm', INSTALLS);
  return { ...env, PATH: `${folder}:${process.env.PATH}` };
}

describe('the claim of a run', () => {
  it('ends with it, and is taken over from a killed one', async () => {
    const [cwd, temporary] = [temporaryDirectory(), temporaryDirectory()];
    const env = { TMPDIR: temporary };
    const args = ['my-app', '--on-conflict', 'merge', '--no-git'];
    await interrupted(BIN, cwd, ['npm'], args, 'SIGKILL', env);
    expect(readdirSync(temporary)).toHaveLength(1);
    expect(await runProgram(args, { cwd, env: withNpm(env) })).toMatchObject({ code: 0 });
    expect(readdirSync(temporary)).toEqual([]);
    process.kill(Number(readFileSync(join(cwd, 'my-app', 'npm.pid'), 'utf8')));
  });

  it('is done without where there is no temporary folder', async () => {
    const cwd = temporaryDirectory();
    const env = { TMPDIR: join(cwd, 'gone') };
    expect(await runProgram(['my-app', '--no-install', '--no-git'], { cwd, env })).toMatchObject({ code: 0 });
    expectComplete(cwd, 'my-app');
  });

  it('may be swept away meanwhile', async () => {
    const [cwd, folder, temporary] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    fakeProgram(
      folder,
      'npm',
      `${INSTALLS} require('node:fs').rmSync(process.env.TMPDIR, { recursive: true });`,
    );
    const env = { TMPDIR: temporary, PATH: `${folder}:${process.env.PATH}` };
    const { code, stderr } = await runProgram(['my-app', '--no-git'], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('cannot') });
  });

  it.skipIf(process.getuid?.() !== 0)('is nothing that another user can hold', async () => {
    const [cwd, temporary] = [temporaryDirectory(), temporaryDirectory()];
    const env = { TMPDIR: temporary };
    const args = ['my-app', '--on-conflict', 'merge', '--no-git'];
    await interrupted(BIN, cwd, ['npm'], args, 'SIGKILL', env);
    process.kill(Number(readFileSync(join(cwd, 'my-app', 'npm.pid'), 'utf8')));
    const [name = ''] = readdirSync(temporary);
    const held = join(temporary, name);
    rmdirSync(join(held, readdirSync(held)[0] ?? ''));
    mkdirSync(join(held, String(process.pid)));
    const again = () => runProgram(args, { cwd, env: withNpm(env) });
    expect(await again()).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('another run is at work'),
    });
    chownSync(held, 65_534, 65_534);
    expect(await again()).toMatchObject({ code: 0 });
    expect(readdirSync(temporary)).toEqual([name]);
  });
});
