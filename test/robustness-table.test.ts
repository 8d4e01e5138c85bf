import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeProgram } from './support/fake-program.ts';
import { packGenerator } from './support/packed.ts';
import { cleanEnv, type Run, runProgram } from './support/program.ts';
import { SITUATIONS, type Situation } from './support/robustness-table.ts';
import { snapshotOf, temporaryDirectory } from './support/temporary.ts';
import { openTerminal } from './support/terminal.ts';

/** The table of the README against the package that would be published. */

const { bin, remove } = packGenerator();
afterAll(() => remove());

const QUICK = ['--no-install', '--no-git'];
const APP = ['my-app', ...QUICK];

/** The rest of Run, as far as a situation has it. */
type Ending = Pick<Run, 'code'> & Partial<Run>;

const run = (cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> =>
  runProgram(args, { cwd, env, bin });

/** Carries it out and compares exit code, message and disk with the row of the table. */
async function holds(
  { exit, says, disk }: Situation,
  act: (cwd: string) => Promise<Ending>,
  { prepare = (_cwd: string) => {}, project = 'my-app' } = {},
): Promise<void> {
  const cwd = temporaryDirectory();
  prepare(cwd);
  const before = snapshotOf(cwd);
  const { code, stdout = '', stderr = '' } = await act(cwd);
  expect(`${stdout}${stderr}`).toContain(says);
  expect(code).toBe(exit);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  if (disk === 'as before') expect(snapshotOf(cwd)).toEqual(before);
  else expectComplete(cwd, project);
}

/** The manifest is written last and names every other file; no stage is left. */
function expectComplete(cwd: string, project: string): void {
  const after = snapshotOf(cwd);
  const manifest = JSON.parse(after[join(project, '.secure-session.json')] ?? '{"files":{}}');
  const files = Object.keys(manifest.files);
  expect(files.length).toBeGreaterThan(50);
  for (const path of [...files, '.env', 'certs/server-key.pem'])
    expect(after).toHaveProperty([join(project, path)]);
  expect(Object.keys(after).filter((path) => path.includes('.stage-'))).toEqual([]);
}

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

function bash(cwd: string, script: string): Promise<Ending> {
  return new Promise((done) => {
    const child = spawn('bash', ['-c', script, 'bash', process.execPath, bin], {
      cwd,
      env: cleanEnv({}),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        stdout += data;
      });
    child.on('close', (code) => done({ code, stdout }));
  });
}

/** A program on the PATH that waits until it is ended; `sleeping` is what it prints first. */
async function interrupted(cwd: string, program: string, args: string[], name: NodeJS.Signals): Promise<Run> {
  const folder = temporaryDirectory();
  fakeProgram(
    folder,
    program,
    `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'started'))}, ''); setInterval(() => {}, 1000);`,
  );
  const env = cleanEnv({ PATH: `${folder}:${process.env.PATH}` });
  const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const watcher = watch(folder, () => {
    watcher.close();
    child.kill(name);
  });
  return ended(child);
}

function ended(child: ReturnType<typeof spawn>): Promise<Run> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })));
}

/** Sends a signal as soon as the stage is there, which is when writing begins, or a little later. */
async function signalledWhileWriting(cwd: string, name: NodeJS.Signals, delayMs = 0): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...APP], {
    cwd,
    env: cleanEnv({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watcher = watch(cwd, () => {
    watcher.close();
    if (delayMs === 0) child.kill(name);
    else setTimeout(() => child.kill(name), delayMs);
  });
  return ended(child);
}

describe('without somebody to answer', () => {
  const project = 'secure-session-app';

  it(SITUATIONS.noTerminal.what, () => holds(SITUATIONS.noTerminal, (cwd) => run(cwd, QUICK), { project }));

  it(SITUATIONS.stdinClosed.what, () =>
    holds(SITUATIONS.stdinClosed, (cwd) => bash(cwd, `"$1" "$2" ${QUICK.join(' ')} <&-`), { project }),
  );

  it(SITUATIONS.brokenPipe.what, () =>
    holds(SITUATIONS.brokenPipe, (cwd) =>
      bash(cwd, `"$1" "$2" ${APP.join(' ')} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`),
    ),
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
  it.each(['SIGINT', 'SIGTERM'] as const)('at a prompt by %s', (name) =>
    holds(SITUATIONS.signalAtPrompt, async (cwd) => {
      const terminal = openTerminal([], cwd, {}, bin);
      await terminal.until('Where should the project go?');
      terminal.signal(name);
      return { code: await terminal.exitCode, stdout: terminal.screen() };
    }),
  );

  it.each(['SIGINT', 'SIGTERM'] as const)('in install and in git by %s', async (name) => {
    await holds(SITUATIONS.signalInInstall, (cwd) => interrupted(cwd, 'npm', ['my-app', '--no-git'], name));
    await holds(SITUATIONS.signalInGit, (cwd) => interrupted(cwd, 'git', ['my-app', '--no-install'], name));
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('while writing, by %s', (name) =>
    holds(SITUATIONS.signalWriting, async (cwd) => {
      for (let attempt = 0; ; attempt++) {
        const result = await signalledWhileWriting(cwd, name);
        // On a busy machine we may be told of the stage only after the run.
        if (result.code !== 0 || attempt === 10) return result;
        rmSync(join(cwd, 'my-app'), { recursive: true });
      }
    }),
  );

  it('kill -9 while writing: the next run finds nothing in its way, and leaves nothing behind', async () => {
    for (const delayMs of [0, 1, 2, 4, 8, 16]) {
      const cwd = temporaryDirectory();
      await signalledWhileWriting(cwd, 'SIGKILL', delayMs);
      if (readdirSync(cwd).includes('my-app')) expectComplete(cwd, 'my-app');
      else expect((await run(cwd, APP)).code).toBe(0);
      expectComplete(cwd, 'my-app');
    }
  });

  it('kill -9 while filling a directory: running again completes it', async () => {
    for (const delayMs of [0, 2, 5, 10]) {
      const cwd = temporaryDirectory();
      const child = spawn(process.execPath, [bin, '.', ...QUICK], {
        cwd,
        env: cleanEnv({}),
        stdio: 'ignore',
      });
      const watcher = watch(cwd, () => {
        watcher.close();
        setTimeout(() => child.kill('SIGKILL'), delayMs);
      });
      await ended(child);
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
  it(SITUATIONS.installFails.what, () =>
    holds(SITUATIONS.installFails, (cwd) => {
      const folder = temporaryDirectory();
      fakeProgram(folder, 'npm', 'process.exit(1)');
      return run(cwd, ['my-app', '--no-git'], { PATH: `${folder}:${process.env.PATH}` });
    }),
  );
});
