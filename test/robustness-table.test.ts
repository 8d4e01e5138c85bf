import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeProgram, STUBBORN } from './support/fake-program.ts';
import {
  bash,
  interrupted,
  signalledTwice,
  signalledWhileWriting,
  tenAtOnce,
} from './support/interrupted.ts';
import { packGenerator } from './support/packed.ts';
import { type Run, runProgram } from './support/program.ts';
import { expectComplete, holds } from './support/robustness-check.ts';
import { SITUATIONS, type Situation } from './support/robustness-table.ts';
import { temporaryDirectory } from './support/temporary.ts';
import { openTerminal } from './support/terminal.ts';

/** The table of the README against the package that would be published. */

const { bin, remove } = packGenerator();
afterAll(() => remove());

const QUICK = ['--no-install', '--no-git'];
const APP = ['my-app', ...QUICK];

const run = (cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> =>
  runProgram(args, { cwd, env, bin });

const make =
  (...names: string[]) =>
  (cwd: string) => {
    for (const name of names) mkdirSync(join(cwd, name), { recursive: true });
  };

const write = (path: string, text: string) => (cwd: string) => writeFileSync(join(cwd, path), text);

const both =
  (...steps: ((cwd: string) => void)[]) =>
  (cwd: string) => {
    for (const step of steps) step(cwd);
  };

type Case = [Situation, readonly string[], Parameters<typeof holds>[2]?];

/** With what the situation is called in front, as the name of its test. */
const named = (cases: Case[]) =>
  cases.map(([situation, args, around]) => [situation.what, situation, args, around ?? {}] as const);

describe('without somebody to answer', () => {
  const project = 'secure-session-app';

  it(SITUATIONS.noTerminal.what, () => holds(SITUATIONS.noTerminal, (cwd) => run(cwd, QUICK), { project }));

  it(SITUATIONS.stdinClosed.what, () =>
    holds(SITUATIONS.stdinClosed, (cwd) => bash(bin, cwd, `"$1" "$2" ${QUICK.join(' ')} <&-`), { project }),
  );

  it(SITUATIONS.brokenPipe.what, () =>
    holds(SITUATIONS.brokenPipe, (cwd) =>
      bash(bin, cwd, `"$1" "$2" ${APP.join(' ')} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`),
    ),
  );

  it.skipIf(!existsSync('/dev/full'))(SITUATIONS.outputFull.what, () =>
    holds(SITUATIONS.outputFull, (cwd) => bash(bin, cwd, `"$1" "$2" ${APP.join(' ')} >/dev/full`)),
  );

  it(SITUATIONS.ci.what, () =>
    holds(SITUATIONS.ci, async (cwd) => {
      const terminal = openTerminal(APP, cwd, { CI: '1' }, bin);
      return { code: await terminal.exitCode, stdout: terminal.screen() };
    }),
  );
});

describe('wrong usage', () => {
  it.each(
    named([
      [SITUATIONS.unknownFlag, ['my-app', '--stroe', 'redis']],
      [SITUATIONS.badValue, ['my-app', '--store', 'redsi']],
      [SITUATIONS.badConfig, ['my-app', '--config', '/dev/null']],
      [SITUATIONS.unset, ['', ...QUICK]],
    ]),
  )('%s', (_what, situation, args) => holds(situation, (cwd) => run(cwd, args)));

  it(SITUATIONS.swallowed.what, () =>
    holds(SITUATIONS.swallowed, (cwd) => run(cwd, APP, { npm_config_dry_run: 'true' })),
  );
});

describe('targets', () => {
  const ODD_PATH = 'a folder/späces ünd 雪/my-app';
  const link = (to: string) => (cwd: string) => symlinkSync(to, join(cwd, 'link'));

  it.each(
    named([
      [SITUATIONS.notEmpty, APP, { prepare: both(make('my-app'), write('my-app/mine.txt', 'mine')) }],
      [
        SITUATIONS.harmless,
        APP,
        { prepare: both(make('my-app/.git', 'my-app/.vscode'), write('my-app/LICENSE', '')) },
      ],
      [
        SITUATIONS.differs,
        [...APP, '--on-conflict', 'merge'],
        { prepare: both(make('my-app'), write('my-app/README.md', 'mine')) },
      ],
      [SITUATIONS.aFile, APP, { prepare: write('my-app', 'mine') }],
      [SITUATIONS.nameInvalid, ['My App!', ...QUICK]],
      [SITUATIONS.nameScoped, ['@scope/name', ...QUICK], { project: '@scope/name' }],
      [SITUATIONS.nameDot, ['.', ...QUICK], { project: '.' }],
      [SITUATIONS.nameSpaces, [ODD_PATH, ...QUICK], { project: ODD_PATH }],
      [
        SITUATIONS.nameLink,
        ['link', ...QUICK],
        { prepare: both(make('real'), link('real')), project: 'real' },
      ],
      [SITUATIONS.unusablePath, ['c#/my-app', ...QUICK]],
      [SITUATIONS.nameBrokenLink, ['link', ...QUICK], { prepare: link('/nowhere/at/all') }],
    ]),
  )('%s', (_what, situation, args, around) => holds(situation, (cwd) => run(cwd, args), around));

  it(SITUATIONS.nameAbsolute.what, () =>
    holds(SITUATIONS.nameAbsolute, (cwd) => run('/', [join(cwd, 'my-app'), ...QUICK])),
  );

  it(SITUATIONS.nameDotDot.what, () =>
    holds(SITUATIONS.nameDotDot, (cwd) => run(join(cwd, 'below'), ['..', ...QUICK]), {
      prepare: make('below'),
    }),
  );

  it(SITUATIONS.readOnly.what, async () => {
    // Root may write anywhere, so it becomes nobody for this.
    const user = process.getuid?.() === 0 ? { user: { uid: 65_534, gid: 65_534 } } : {};
    await holds(
      SITUATIONS.readOnly,
      (cwd) => runProgram([join(cwd, 'my-app'), ...QUICK], { cwd: '/', bin, ...user }),
      {
        prepare: (cwd) => {
          chmodSync(join(cwd, '..'), 0o755);
          chmodSync(cwd, 0o555);
        },
      },
    );
  });

  it(SITUATIONS.fullDisk.what, async (context) => {
    const disk = join(temporaryDirectory(), 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('no file system can be mounted here');
    }
    try {
      for (const target of ['my-app', '.']) {
        const { code, stderr } = await run(disk, [target, ...QUICK]);
        expect({ code, stderr }).toMatchObject({
          code: SITUATIONS.fullDisk.exit,
          stderr: expect.stringContaining(SITUATIONS.fullDisk.says),
        });
        expect(readdirSync(disk)).toEqual([]);
      }
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('interruptions', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('at a prompt by %s', (name) =>
    holds(SITUATIONS.signalAtPrompt, async (cwd) => {
      const terminal = openTerminal([], cwd, {}, bin);
      await terminal.until('Where should the project be created?');
      terminal.signal(name);
      return { code: await terminal.exitCode, stdout: terminal.screen() };
    }),
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('in install, in git and in the tests by %s', async (name) => {
    await holds(SITUATIONS.signalInInstall, (cwd) =>
      interrupted(bin, cwd, ['npm'], ['my-app', '--no-git'], name),
    );
    await holds(SITUATIONS.signalInGit, (cwd) =>
      interrupted(bin, cwd, ['git'], ['my-app', '--no-install'], name),
    );
    await holds(SITUATIONS.signalInVerify, (cwd) =>
      interrupted(bin, cwd, ['npm', 'test'], ['my-app', '--no-git', '--verify'], name),
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('while writing, by %s', (name) =>
    holds(SITUATIONS.signalWriting, async (cwd) => {
      for (let attempt = 0; ; attempt++) {
        const result = await signalledWhileWriting(bin, cwd, APP, name);
        // On a busy machine we may be told of the stage only after the run.
        if (result.code !== 0 || attempt === 10) return result;
        rmSync(join(cwd, 'my-app'), { recursive: true });
      }
    }),
  );

  it('kill -9 while writing: the next run finds nothing in its way, and leaves nothing behind', async () => {
    for (const delayMs of [0, 1, 2, 4, 8, 16]) {
      const cwd = temporaryDirectory();
      await signalledWhileWriting(bin, cwd, APP, 'SIGKILL', delayMs);
      if (readdirSync(cwd).includes('my-app')) expectComplete(cwd, 'my-app');
      else expect((await run(cwd, APP)).code).toBe(0);
      expectComplete(cwd, 'my-app');
    }
  });

  it('kill -9 while filling a directory: running again completes it', async () => {
    for (const delayMs of [0, 2, 5, 10]) {
      const cwd = temporaryDirectory();
      await signalledWhileWriting(bin, cwd, ['.', ...QUICK], 'SIGKILL', delayMs);
      expect((await run(cwd, ['.', '--on-conflict', 'merge', ...QUICK])).code).toBe(0);
      expectComplete(cwd, '.');
    }
  });

  it('two runs at once for one target: one makes it, the other says so', async () => {
    const cwd = temporaryDirectory();
    const runs = await Promise.all([run(cwd, APP), run(cwd, APP)]);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, SITUATIONS.twoRuns.exit]);
    expect(runs.find(({ code }) => code !== 0)?.stderr).toContain(SITUATIONS.twoRuns.says);
    expectComplete(cwd, 'my-app');
  });
});

describe('later steps', () => {
  it(SITUATIONS.stubborn.what, () =>
    holds(SITUATIONS.stubborn, (cwd) => {
      const folder = temporaryDirectory();
      fakeProgram(folder, 'npm', STUBBORN);
      return signalledTwice(['my-app', '--no-git'], {
        cwd,
        bin,
        env: { PATH: `${folder}:${process.env.PATH}` },
      });
    }),
  );

  it(SITUATIONS.tenRuns.what, { timeout: 60_000 }, () =>
    holds(SITUATIONS.tenRuns, async (cwd) => {
      const runs = await tenAtOnce(bin, cwd, ['my-app', '--on-conflict', 'merge', '--no-git']);
      expect(runs.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
      const refused = runs.filter(({ code }) => code === 3);
      for (const { stderr } of refused) expect(stderr).toContain(SITUATIONS.tenRuns.says);
      return { code: 3, stderr: refused[0]?.stderr ?? '' };
    }),
  );

  it(SITUATIONS.installFails.what, () =>
    holds(SITUATIONS.installFails, (cwd) => {
      const folder = temporaryDirectory();
      fakeProgram(folder, 'npm', 'process.exit(1)');
      return run(cwd, ['my-app', '--no-git'], { PATH: `${folder}:${process.env.PATH}` });
    }),
  );
});
