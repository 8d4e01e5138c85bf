import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/steps/program.ts';
import { fakeProgram, STUBBORN } from '../support/fake-program.ts';
import { signalledTwice } from '../support/interrupted.ts';
import { expectComplete } from '../support/robustness-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('runProgram', () => {
  it('says why a program cannot be started', async () => {
    const { signal } = new AbortController();
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'npm'), '');
    const env = { PATH: folder };
    expect(await runProgram('npm', [], folder, { env, signal })).toEqual({
      ok: false,
      isMissing: false,
      output: 'permission denied',
    });
    expect(await runProgram('pnpm', [], folder, { env, signal })).toMatchObject({ isMissing: true });
  });
});

describe('a program that ignores signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is killed by a second %s, and the document comes',
    async (name) => {
      const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
      fakeProgram(folder, 'npm', STUBBORN);
      const env = { PATH: `${folder}:${process.env.PATH}` };
      const { code, stdout } = await signalledTwice(['my-app', '--json', '--no-git'], { cwd, env }, name);
      expect({ code, document: JSON.parse(stdout) }).toMatchObject({
        code: 130,
        document: { exitCode: 130, error: { code: 'cancelled' } },
      });
      expectComplete(cwd, 'my-app');
      const pid = Number(readFileSync(join(cwd, 'my-app', 'npm.pid'), 'utf8'));
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      expect(readdirSync(cwd)).toEqual(['my-app']);
    },
  );
});
