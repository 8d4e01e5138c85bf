import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS, type OptionName } from '../../src/options/options.ts';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';
import { BIN } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { KEY, openShell, openTerminal, type Terminal } from '../support/terminal.ts';

const question = (name: OptionName): string => OPTIONS[name].question ?? '';

const CLOCKS = 'Change the time-outs?';

const SUMMARY = 'Create this project?';

/** Every prompt in order, with the keys that lead on to the next one. */
const WALK: readonly (readonly [string, string])[] = [
  [question('directory'), KEY.enter],
  [question('framework'), KEY.enter],
  [question('store'), KEY.enter],
  [question('auth'), KEY.enter],
  [question('policy'), KEY.enter],
  [CLOCKS, 'y'],
  [question('idleTimeout'), KEY.enter],
  [question('absoluteTimeout'), KEY.enter],
  [question('reauthWindow'), KEY.enter],
  [question('cookieName'), KEY.enter],
  [question('cookieLifetime'), KEY.enter],
  [question('sameSite'), KEY.enter],
  // Behind a proxy, which asks one thing more.
  [question('tls'), KEY.down + KEY.down + KEY.down + KEY.enter],
  [question('trustProxy'), `1${KEY.enter}`],
  [question('pages'), KEY.enter],
  [question('packageManager'), KEY.enter],
  [question('install'), KEY.enter],
  [question('git'), KEY.enter],
  [SUMMARY, KEY.enter],
];

const INSTALL_AND_GIT = [question('install'), question('git')];

async function walk(terminal: Terminal, prompts: typeof WALK): Promise<void> {
  for (const [text, keys] of prompts) {
    await terminal.until(text);
    terminal.type(keys);
  }
}

const answersIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, '.secure-session.json'), 'utf8')).answers;

describe('in a terminal', () => {
  it('asks one thing after another, and writes what was answered', async () => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal([], cwd);
    await walk(terminal, [
      [question('directory'), `my-shop${KEY.enter}`],
      [question('framework'), KEY.enter],
      [question('store'), KEY.enter],
      [question('auth'), KEY.enter],
      [question('policy'), KEY.down + KEY.enter],
      [CLOCKS, 'y'],
      [question('idleTimeout'), `20m${KEY.enter}`],
      [question('absoluteTimeout'), KEY.enter],
      [question('reauthWindow'), KEY.enter],
      [question('cookieName'), `__Secure-shop${KEY.enter}`],
      [question('cookieLifetime'), KEY.enter],
      [question('sameSite'), KEY.down + KEY.enter],
      [question('tls'), KEY.enter],
      [question('pages'), 'n'],
      [question('packageManager'), KEY.down + KEY.enter],
      [question('install'), 'n'],
      [question('git'), 'n'],
      [SUMMARY, KEY.enter],
      ['cd my-shop', ''],
      ['pnpm install', ''],
    ]);
    expect(await terminal.exitCode).toBe(0);
    expect(answersIn(join(cwd, 'my-shop'))).toMatchObject({
      store: 'postgres',
      policy: 'strict',
      idleTimeout: '20m',
      absoluteTimeout: '8h',
      cookieName: '__Secure-shop',
      sameSite: 'strict',
      pages: false,
      packageManager: 'pnpm',
      install: false,
      git: false,
    });
    // Node's own, such as of listeners piling up; ours about an old Node is another thing.
    expect(terminal.screen()).not.toMatch(/\(node:\d+\)/);
  });

  it('lets a slip be mended where it was made', async () => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal(['--no-install', '--no-git'], cwd);
    const erase = '\u007F'.repeat(10);
    await walk(terminal, [
      [question('directory'), `My App!${KEY.enter}`],
      ['try my-app', `${erase}my-app${KEY.enter}`],
      [question('framework'), KEY.enter],
      [question('store'), KEY.enter],
      [question('auth'), KEY.enter],
      [question('policy'), KEY.enter],
      [CLOCKS, 'y'],
      [question('idleTimeout'), `30${KEY.enter}`],
      ['has no unit', `${erase}9h${KEY.enter}`],
      [question('absoluteTimeout'), KEY.enter],
      ['--absolute-timeout 8h is shorter than --idle-timeout 9h', `10h${KEY.enter}`],
      [question('reauthWindow'), KEY.controlC],
    ]);
    expect(await terminal.exitCode).toBe(130);
  });

  it('checks own certificate files when they are named', async () => {
    const cwd = temporaryDirectory();
    const [own, other] = [temporaryOwnCertificate(), temporaryOwnCertificate()];
    const terminal = openTerminal(
      [
        'my-app',
        '--framework',
        'express',
        '--store',
        'pg',
        '--auth',
        'password',
        '--policy',
        'standard',
        '--no-install',
        '--no-git',
      ],
      cwd,
    );
    await walk(terminal, [
      [CLOCKS, 'n'],
      [question('cookieName'), KEY.enter],
      [question('cookieLifetime'), KEY.enter],
      [question('sameSite'), KEY.enter],
      [question('tls'), KEY.down + KEY.down + KEY.enter],
      [question('tlsCert'), `${own.cert}${KEY.enter}`],
      [question('tlsKey'), `${other.key}${KEY.enter}`],
      ['is not the key of', `${'\u007F'.repeat(200)}${own.key}${KEY.enter}`],
      [question('pages'), KEY.enter],
      [question('packageManager'), KEY.enter],
      [SUMMARY, KEY.enter],
    ]);
    expect(await terminal.exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'my-app', '.env'), 'utf8')).toContain(`TLS_KEY_FILE=${own.key}`);
  });

  it.each([
    ['--yes', {}],
    ['--no-interactive', {}],
    ['--no-git', { CI: '1' }],
    ['--no-git', { CI: 'true' }],
  ])('asks nothing with %s and %j', async (flag, env) => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal(['--no-install', '--no-git', flag], cwd, env);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.screen()).toContain('Defaults used');
    expect(existsSync(join(cwd, 'secure-session-app'))).toBe(true);
  });

  it('refuses a target in the way before it asks anything', async () => {
    const terminal = openTerminal(['/etc'], temporaryDirectory());
    expect(await terminal.exitCode).toBe(2 + 1);
    expect(terminal.screen()).not.toContain(question('store'));
  });
});

describe('Ctrl-Z and fg', () => {
  it.each([
    ['a text', 'directory'],
    ['a choice', 'framework'],
  ] as const)('go on at %s', async (_what, name) => {
    const cwd = temporaryDirectory();
    const shell = openShell(cwd);
    const index = WALK.findIndex(([text]) => text === question(name));
    shell.type('$GENERATOR --no-install --no-git', KEY.enter);
    await walk(shell, WALK.slice(0, index));
    await walk(shell, [
      [question(name), KEY.controlZ],
      ['Stopped', `fg${KEY.enter}`],
      ['$GENERATOR', ''],
    ]);
    shell.type(KEY.enter);
    await walk(
      shell,
      WALK.slice(index + 1).filter(([text]) => !INSTALL_AND_GIT.includes(text)),
    );
    await shell.until('cd secure-session-app');
    shell.type(`echo "exit code $?"; exit${KEY.enter}`);
    await shell.until('exit code 0');
    expect(answersIn(join(cwd, 'secure-session-app'))).toMatchObject({ tls: 'proxy' });
  });
});

describe('pasted text', () => {
  it.each(['\n', '\r'])('is answered with up to a line break, %j', async (lineBreak) => {
    const terminal = openTerminal(['--no-install', '--no-git'], temporaryDirectory());
    await walk(terminal, [
      [question('directory'), `my-shop${lineBreak}`],
      [question('framework'), KEY.controlC],
    ]);
    expect(await terminal.exitCode).toBe(130);
    expect(terminal.screen()).toMatch(/^│ +my-shop$/m);
  });
});

describe('Escape', () => {
  const MOST = [
    '--framework',
    'koa',
    '--auth',
    'password',
    '--cookie-name',
    '__Host-a',
    '--same-site',
    'lax',
    '--tls',
    'self-signed',
  ];
  const REST = ['--cookie-lifetime', 'session', '--package-manager', 'npm', '--no-install', '--no-git'];

  it('goes back a question, with the earlier answer, and over those that were not asked', async () => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal(['my-app', ...MOST, ...REST], cwd);
    await walk(terminal, [
      ['framework', ''],
      [question('store'), KEY.down + KEY.enter],
      [question('policy'), KEY.enter],
      [CLOCKS, 'n'],
      [question('pages'), KEY.escape],
      [CLOCKS, KEY.escape],
      [question('policy'), KEY.escape],
      [question('store'), KEY.enter],
      [question('policy'), KEY.down + KEY.enter],
      [CLOCKS, 'y'],
      [question('idleTimeout'), KEY.escape],
      [CLOCKS, 'n'],
      [question('pages'), 'n'],
      [SUMMARY, KEY.escape],
      [question('pages'), KEY.enter],
      ['idle-timeout      15m', ''],
      [SUMMARY, KEY.enter],
    ]);
    expect(await terminal.exitCode).toBe(0);
    expect(answersIn(join(cwd, 'my-app'))).toMatchObject({
      store: 'redis',
      policy: 'strict',
      idleTimeout: '15m',
      pages: false,
    });
  });

  it('at the first question asks it again', async () => {
    const terminal = openTerminal([], temporaryDirectory());
    await walk(terminal, [
      [question('directory'), KEY.escape],
      [question('directory'), KEY.controlC],
    ]);
    expect(await terminal.exitCode).toBe(130);
  });
});

describe('the screen', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  const COLOUR = /\u001B\[(?:[349]|10)\dm/;

  it('is without colours with NO_COLOR', async () => {
    const terminal = openTerminal(['--no-git'], temporaryDirectory(), { NO_COLOR: '1' });
    await terminal.until(question('directory'));
    terminal.type(KEY.controlC);
    await terminal.exitCode;
    expect(terminal.raw()).not.toMatch(COLOUR);
  });

  it('fits 40 columns', async () => {
    const given = ['my-app', '--tls', 'self-signed', '--no-install', '--no-git'];
    const terminal = openTerminal(given, temporaryDirectory(), {}, BIN, 40);
    const unasked = (['directory', 'tls', 'trustProxy', 'install', 'git'] as const).map(question);
    const asked = WALK.filter(([text]) => !unasked.includes(text));
    // Their beginning, as the longer ones go on in the next line.
    await walk(
      terminal,
      asked.map(([text, keys]) => [text.slice(0, 30), keys] as const),
    );
    expect(await terminal.exitCode).toBe(0);
    const framed = terminal.screen().match(/^[│┌└◆◇●].*$/gm) ?? [];
    expect(framed.filter((line) => line.trimEnd().length > 40)).toEqual([]);
    expect(framed.length).toBeGreaterThan(asked.length);
  });

  it('is 80 columns wide where the terminal says 0', async () => {
    const shell = openShell(temporaryDirectory());
    shell.type(`stty cols 0; $GENERATOR --no-install --no-git${KEY.enter}`);
    await shell.until(question('directory'));
    shell.type(KEY.enter);
    await shell.until(question('framework'));
    shell.type(KEY.controlC);
    await shell.until('Cancelled');
  });

  it('shows that a long step runs, and erases that when it is done', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'npm', `${INSTALLS} setTimeout(() => {}, 500);`);
    const PATH = `${folder}:${process.env.PATH}`;
    const terminal = openTerminal(['my-app', '--yes', '--no-git'], cwd, { PATH });
    await terminal.until('npm install … 0 s');
    await terminal.until('✔ install: dependencies installed');
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.raw()).toContain('\u001B[2K✔ install');
  });

  it('shows what a long step printed when it fails', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'npm', "console.error('no network here'); process.exit(1)");
    const PATH = `${folder}:${process.env.PATH}`;
    const terminal = openTerminal(['my-app', '--yes', '--no-git'], cwd, { PATH });
    await terminal.until('no network here');
    await terminal.until('✖ install');
    expect(await terminal.exitCode).toBe(4);
  });
});

describe('Ctrl-C, Ctrl-D or a signal', () => {
  const LEAVES: ((terminal: Terminal) => void)[] = [
    (terminal) => terminal.type(KEY.controlC),
    (terminal) => terminal.type(KEY.controlD),
    (terminal) => terminal.signal('SIGINT'),
    (terminal) => terminal.signal('SIGTERM'),
    (terminal) => terminal.signal('SIGHUP'),
  ];

  it.each(WALK.map(([text], index) => [text, index] as const))(
    'at "%s" exits 130, and nothing is written',
    async (text, index) => {
      const leave = async (how: (terminal: Terminal) => void) => {
        const cwd = temporaryDirectory();
        const terminal = openTerminal([], cwd);
        await walk(terminal, WALK.slice(0, index));
        await terminal.until(text);
        how(terminal);
        const code = await terminal.exitCode;
        const isTold = terminal.screen().includes('Cancelled. Nothing was written.');
        return { code, isTold, written: readdirSync(cwd) };
      };
      for (const ending of await Promise.all(LEAVES.map(leave)))
        expect(ending).toEqual({ code: 130, isTold: true, written: [] });
    },
  );
});
