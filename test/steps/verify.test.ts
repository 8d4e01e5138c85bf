import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { runProgram } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** An npm that installs nothing, and whose tests end as told. */
function withTests(exitCode: number, installExitCode = 0): Record<string, string> {
  const folder = temporaryDirectory();
  fakeProgram(
    folder,
    'npm',
    `${INSTALLS} console.log('      Tests  3 passed'); process.exit(process.argv[2] === 'test' ? ${exitCode} : ${installExitCode})`,
  );
  return { PATH: `${folder}:${process.env.PATH}` };
}

describe('--verify', () => {
  it('exits 0 and says so when the tests of the project pass', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram(['my-app', '--verify', '--no-git'], { cwd, env: withTests(0) });
    expect(code).toBe(0);
    expect(stdout).toContain("✔ verify: the project's tests pass");
  });

  it('exits 4 and says how to go on when they fail', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram(['my-app', '--verify', '--json'], { cwd, env: withTests(1) });
    expect(code).toBe(4);
    const { ok, error, steps } = JSON.parse(stdout);
    expect({ ok, error }).toMatchObject({ ok: false, error: { code: 'step_failed', fix: 'npm test' } });
    expect(steps.map(({ step, status }: Record<string, string>) => `${step} ${status}`)).toEqual([
      'install done',
      'git done',
      'verify failed',
    ]);
  });

  it('does not test what could not be installed', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram(['my-app', '--verify', '--no-git'], {
      cwd,
      env: withTests(0, 1),
    });
    expect(code).toBe(4);
    expect(stdout).toContain('– verify: the tests were not run');
  });

  it.each(['--no-install', '--dry-run'])('is refused with %s, which leaves nothing to test', async (flag) => {
    const cwd = temporaryDirectory();
    const { code, stderr } = await runProgram(['my-app', '--verify', flag], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${flag} does not install one`),
    });
    expect(existsSync(join(cwd, 'my-app'))).toBe(false);
  });
});
