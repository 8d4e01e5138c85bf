import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { runInProcess } from '../support/in-process.ts';
import { bash } from '../support/interrupted.ts';
import { BIN, runProgram } from '../support/program.ts';
import { expectComplete } from '../support/robustness-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { KEY, openTerminal } from '../support/terminal.ts';

const LOST = (name: string) => `create-secure-session-app: ${name} could not be written: the disk is full.`;

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  it.each([
    ['>/dev/full', 'stderr', LOST('standard output')],
    ['2>/dev/full', 'stdout', ''],
    ['>/dev/full 2>/dev/full', 'stderr', ''],
    ['>&-', 'stderr', ''],
    ['2>&-', 'stdout', ''],
    ['>&- 2>&- <&-', 'stdout', ''],
  ] as const)('%s: the project is whole, and the steps have run', async (redirection, other, message) => {
    const cwd = temporaryDirectory();
    const run = await bash(BIN, cwd, `"$1" "$2" my-app --no-install ${redirection}`);
    expect(run[other]).toContain(message);
    expect(run.stdout + run.stderr).not.toMatch(/\n\s+at /);
    expect(run.code).toBe(0);
    expectComplete(cwd, 'my-app');
    expect(existsSync(join(cwd, 'my-app', '.git', 'HEAD'))).toBe(true);
  });

  it('does not make a program fail that prints, too', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'npm', `${INSTALLS} require('node:fs').writeSync(2, 'progress');`);
    const { code } = await bash(BIN, cwd, `PATH="${folder}:$PATH" "$1" "$2" my-app --no-git 2>/dev/full`);
    expect(code).toBe(0);
  });

  it('says on standard output that standard error is lost, but never beside a document', async () => {
    const failing = (flags: string) => bash(BIN, temporaryDirectory(), `"$1" "$2" ${flags} 2>/dev/full`);
    expect(await failing('--stroe')).toMatchObject({ code: 2, stdout: `${LOST('standard error')}\n` });
    expect(JSON.parse((await failing('--stroe --json')).stdout)).toMatchObject({ exitCode: 2 });
    const whole = await failing('my-app --json --no-install --no-git');
    expect(JSON.parse(whole.stdout)).toMatchObject({ ok: true });
  });

  it('exits 4 where the document of a written project is lost', async () => {
    const cwd = temporaryDirectory();
    const run = await bash(BIN, cwd, '"$1" "$2" my-app --json --no-install --no-git >/dev/full');
    expect(run).toMatchObject({ code: 4, stderr: expect.stringContaining(LOST('standard output')) });
    expectComplete(cwd, 'my-app');
  });

  it.each(['--help', '--version', '--print-schema', '--explain --yes'])(
    '%s: exits 1 in one line, as that was all there was to do',
    async (flags) => {
      const { code, stderr } = await bash(BIN, temporaryDirectory(), `"$1" "$2" ${flags} >/dev/full`);
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${LOST('standard output')}\n` });
    },
  );
});

describe('foreign text', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  const NASTY = '\u001b]0;owned\u0007\u009b2J\u202etxt\r\nforged line';

  it.each([
    [['--store', NASTY]],
    [[`--${NASTY}`]],
    [[`--json=${NASTY}`]],
    [['a', NASTY]],
    [['--tls-cert', NASTY]],
    [[NASTY]],
    [['--config', NASTY]],
    [['--port', '1', '--port', NASTY]],
  ])('of flags never reaches the terminal raw, nor makes a line: %j', async (args) => {
    const { code, stdout, stderr } = await runInProcess(args, temporaryDirectory());
    expect(code).toBe(2);
    expect(stdout + stderr).not.toMatch(RAW);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([[{ store: NASTY }], [{ [NASTY]: 1 }], [{ hostname: [NASTY] }], [{ directory: NASTY }]])(
    'of a configuration neither: %j',
    async (document) => {
      const args = ['--config', '-'];
      const { code, stderr } = await runInProcess(args, temporaryDirectory(), JSON.stringify(document));
      expect(code).toBe(2);
      expect(stderr).not.toMatch(RAW);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    },
  );

  it('of a variable neither', async () => {
    const cwd = temporaryDirectory();
    const { code, stderr } = await runProgram(['my-app'], { cwd, env: { npm_config_store: NASTY } });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(RAW);
  });

  it('of a path neither, in a terminal', async () => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal(['a\u202eb/my-app', '--no-install', '--no-git'], cwd);
    await terminal.until('Which web framework?');
    terminal.type(KEY.controlC);
    await terminal.exitCode;
    expect(terminal.screen()).toContain('a\\u202eb/my-app');
    expect(terminal.raw()).not.toContain('\u202e');
  });

  it('of a program that failed neither', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'git', `console.error(${JSON.stringify(NASTY)}); process.exit(1)`);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await runProgram(['my-app', '--no-install'], { cwd, env });
    expect(stdout).not.toMatch(RAW);
  });

  it('is cut when it is long, and costs no time', async () => {
    const long = 'x'.repeat(3_000_000);
    const began = performance.now();
    for (const document of [{ [long]: 1 }, { store: long }, { hostname: [long] }, { trustProxy: [long] }]) {
      const args = ['--config', '-'];
      const { code, stderr } = await runInProcess(args, temporaryDirectory(), JSON.stringify(document));
      expect({ code, length: stderr.length }).toEqual({ code: 2, length: expect.toSatisfy((n) => n < 1000) });
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('stays itself in a document', async () => {
    const { stdout } = await runInProcess(['--json', '--store', '\u009b2J'], temporaryDirectory());
    expect(stdout).not.toMatch(RAW);
    expect(JSON.parse(stdout).error.message).toContain('u009b2J');
  });
});
