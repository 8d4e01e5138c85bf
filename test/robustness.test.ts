import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram, INSTALLS } from './support/fake-program.ts';
import { temporaryOwnCertificate } from './support/own-certificate.ts';
import { BIN, cleanEnv, runProgram } from './support/program.ts';
import { listFiles, temporaryDirectory } from './support/temporary.ts';

const QUICK = ['--no-install', '--no-git'];

/** A folder whose npm does what the test wants; git and node stay those of the machine. */
function withNpm(javascript: string): Record<string, string> {
  const folder = temporaryDirectory();
  fakeProgram(folder, 'npm', javascript);
  return { PATH: `${folder}:${process.env.PATH}` };
}

describe('A: no arguments and no terminal', () => {
  it('makes a whole project from defaults, prints each with its flag, and exits 0', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram([], { cwd, env: withNpm(INSTALLS) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/store +postgres +--store redis\|mongo/);
    expect(stdout).toMatch(/git +yes +--no-git/);
    expect(readdirSync(cwd)).toEqual(['secure-session-app']);
    expect(existsSync(join(cwd, 'secure-session-app', '.secure-session.json'))).toBe(true);
  });

  it('prints only the defaults that were taken', async () => {
    const { stdout } = await runProgram(['my-app', '--store', 'pg', '--dry-run'], {
      cwd: temporaryDirectory(),
    });
    expect(stdout).not.toMatch(/^ +(store|directory) /m);
    expect(stdout).not.toMatch(/^ +trust-proxy /m);
  });
});

describe('B, C, F: wrong usage exits 2, in one line, with nothing written', () => {
  it.each([
    ['an unknown flag', ['--stroe', 'redis'], 'unknown flag --stroe. Did you mean --store?'],
    ['a bad value', ['--store', 'sqlite'], '--store: "sqlite" is not postgres, redis or mongo.'],
    ['a near miss', ['--store', 'redsi'], 'Did you mean redis?'],
    ['a duration without a unit', ['--idle-timeout', '30'], 'write 30s, 30m, 30h or 30d'],
    [
      'durations out of order',
      ['--absolute-timeout', '5m'],
      '--absolute-timeout 5m is shorter than --idle-timeout 30m',
    ],
    ['a forbidden cookie name', ['--cookie-name', 'a=b'], 'RFC 6265'],
    ['a port out of range', ['--port', '70000'], '1 to 65535'],
    ['a name npm refuses', ['My App!'], 'try my-app'],
    [
      'a missing certificate',
      ['--tls-cert', 'none.pem', '--tls-key', 'none.pem'],
      '"none.pem": no such file',
    ],
    ['a proxy that is everyone', ['--tls', 'proxy', '--trust-proxy', '0.0.0.0/0'], 'trusts everyone'],
    ['a second directory', ['one', 'two'], '"two" is a second directory'],
  ])('%s', async (_what, args, message) => {
    const cwd = temporaryDirectory();
    const { code, stdout, stderr } = await runProgram([...args, ...QUICK], { cwd });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('a certificate that does not match its key, or has expired', async () => {
    const cwd = temporaryDirectory();
    const own = temporaryOwnCertificate();
    const mixed = await runProgram(['--tls-cert', own.cert, '--tls-key', temporaryOwnCertificate().key], {
      cwd,
    });
    expect(mixed).toMatchObject({ code: 2, stderr: expect.stringContaining('is not the key of') });
    const old = temporaryOwnCertificate(new Date(0));
    const expired = await runProgram(['--tls-cert', old.cert, '--tls-key', old.key], { cwd });
    expect(expired).toMatchObject({ code: 2, stderr: expect.stringContaining('expired on') });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('a flag that npm consumed: a swallowed --dry-run must never write', async () => {
    const cwd = temporaryDirectory();
    const run = await runProgram(['my-app'], { cwd, env: { npm_config_dry_run: 'true' } });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('my-app -- --dry-run') });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('D, E: a target in the way exits 3, in one line, and stays as it was', () => {
  it('a directory that is not empty', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'my-app'));
    writeFileSync(join(cwd, 'my-app', 'mine.txt'), 'mine');
    const { code, stderr } = await runProgram(['my-app', ...QUICK], { cwd });
    expect(code).toBe(3);
    expect(stderr).toContain('is not empty: it contains mine.txt. Choose another directory, or add');
    expect(listFiles(cwd)).toEqual(['my-app/mine.txt']);
  });

  it('a file', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'my-app'), 'mine');
    const { code, stderr } = await runProgram(['my-app', ...QUICK], { cwd });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 3, lines: 1 });
    expect(readFileSync(join(cwd, 'my-app'), 'utf8')).toBe('mine');
  });

  it('a directory that may not be written', async () => {
    const cwd = temporaryDirectory();
    chmodSync(cwd, 0o555);
    // Root may write anywhere, so it becomes nobody for this.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const run = () =>
      execFileSync(process.execPath, [BIN, join(cwd, 'my-app'), '--yes'], { ...asNobody, stdio: 'pipe' });
    expect(run).toThrow(expect.objectContaining({ status: 3 }));
    expect(run).toThrow('permission denied');
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('F: odd targets that are fine', () => {
  it.each([
    ['.', 'here'],
    ['@scope/my-app', '@scope/my-app'],
    ['a folder with späces/my-app', 'my-app'],
  ])('%s', async (target, name) => {
    const cwd = temporaryDirectory();
    const { code } = await runProgram([target, ...QUICK], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, target, 'package.json'), 'utf8')).name).toBe(name);
  });
});

describe('G: a step after the files', () => {
  it('that fails exits 4, with the files whole and the command to finish', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram(['my-app', '--no-git'], {
      cwd,
      env: withNpm('process.exit(1)'),
    });
    expect(code).toBe(4);
    expect(stdout).toContain('✖ install: "npm install" failed');
    expect(stdout).toContain('To finish: npm install');
    expect(existsSync(join(cwd, 'my-app', '.secure-session.json'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'that %s interrupts exits 130 and says what is left',
    async (name) => {
      const cwd = temporaryDirectory();
      const npm = withNpm("console.log('npm is at work'); setInterval(() => {}, 1000);");
      const { code, stdout } = await runProgram(['my-app'], {
        cwd,
        env: npm,
        onOutput: (output, signal) => {
          if (output.includes('npm is at work')) signal(name);
        },
      });
      expect(code).toBe(130);
      expect(stdout).toContain('Cancelled. All files were written; what is left to do:');
      expect(stdout).toContain('To finish: npm install');
      expect(existsSync(join(cwd, 'my-app', '.secure-session.json'))).toBe(true);
      expect(existsSync(join(cwd, 'my-app', '.git'))).toBe(false);
    },
  );
});

describe('a run that goes well', () => {
  it('commits what install made, and leaves nothing to commit', async () => {
    const cwd = temporaryDirectory();
    const npm = withNpm(`${INSTALLS} require('node:fs').writeFileSync('package-lock.json', '{}')`);
    const { code, stdout } = await runProgram(['my-app'], { cwd, env: npm });
    expect(code).toBe(0);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: join(cwd, 'my-app'), encoding: 'utf8', env: cleanEnv({}) });
    expect(git('status', '--porcelain')).toBe('');
    expect(git('ls-files').split('\n')).toContain('package-lock.json');
    expect(git('ls-files')).not.toMatch(/^\.env$|server-key\.pem/m);
    expect(stdout).toMatch(/Next:\n {2}cd my-app\n {2}npm run dev/);
  });

  it('keeps secrets and keys from other users of the machine', async () => {
    const cwd = temporaryDirectory();
    await runProgram(['my-app', ...QUICK], { cwd });
    for (const path of ['.env', 'certs/server-key.pem']) {
      expect(statSync(join(cwd, 'my-app', path)).mode & 0o777, path).toBe(0o600);
    }
  });

  it('prints no secret', async () => {
    const cwd = temporaryDirectory();
    const { stdout, stderr } = await runProgram(['my-app', ...QUICK], { cwd });
    const env = readFileSync(join(cwd, 'my-app', '.env'), 'utf8');
    const secrets = [...env.matchAll(/=(dev-[\w-]{20,}|[\w-]{32})$/gm)].map(([, secret]) => secret ?? '');
    expect(secrets.length).toBeGreaterThan(0);
    const manifest = readFileSync(join(cwd, 'my-app', '.secure-session.json'), 'utf8');
    for (const secret of secrets) expect(stdout + stderr + manifest).not.toContain(secret);
  });

  it('makes the same bytes from the command it prints, secrets and keys aside', async () => {
    const cwd = temporaryDirectory();
    const { stdout } = await runProgram(['my-app', '--policy', 'strict', '--hostname', 'a.test', ...QUICK], {
      cwd,
    });
    const words = / my-app -- (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    mkdirSync(join(cwd, 'again'));
    await runProgram(['my-app', ...words], { cwd: join(cwd, 'again') });
    const made = (folder: string) =>
      listFiles(join(cwd, folder))
        .filter((path) => path !== '.env' && !path.startsWith('certs/'))
        .map((path) => [path, readFileSync(join(cwd, folder, path), 'utf8')]);
    expect(made('again/my-app')).toEqual(made('my-app'));
    expect(made('my-app').length).toBeGreaterThan(20);
  });

  it('packs every template unchanged into the bundle', async () => {
    const cwd = temporaryDirectory();
    await runProgram(['my-app', ...QUICK], { cwd });
    const base = 'templates/base';
    const copied = listFiles(base).filter((path) => !/\.ejs$|^overlay\.json$|^package\.json$/.test(path));
    const overridden = ['framework-express', 'store-postgres', 'tls-self-signed', 'pages'];
    const own = copied.filter(
      (path) => !overridden.some((overlay) => existsSync(join('templates', overlay, path))),
    );
    expect(own.length).toBeGreaterThan(5);
    for (const path of own) {
      const emitted = path.replace(/(^|\/)_/g, '$1.');
      expect(readFileSync(join(cwd, 'my-app', emitted), 'utf8'), path).toBe(
        readFileSync(join(base, path), 'utf8'),
      );
    }
  });
});

describe('--dry-run', () => {
  it('lists every file with its size, and writes nothing', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runProgram(['my-app', '--dry-run'], { cwd });
    expect(code).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
    const listed = [...stdout.matchAll(/^ {2}create +(\d+) {2}(\S+)$/gm)].map(
      ([, size, path]) => [path, Number(size)] as const,
    );
    await runProgram(['my-app', ...QUICK], { cwd });
    const written = listFiles(join(cwd, 'my-app'));
    expect(listed.map(([path]) => path).sort()).toEqual(written);
    const size = statSync(join(cwd, 'my-app', 'package.json')).size;
    expect(listed).toContainEqual(['package.json', size]);
  });
});

describe('--help and --version', () => {
  it.each([['--help'], ['-h']])('%s shows every flag and exit code', async (flag) => {
    const { code, stdout } = await runProgram([flag], { cwd: temporaryDirectory() });
    expect(code).toBe(0);
    for (const text of ['--store postgres|redis|mongo', '--no-pages', '--yes, -y', 'Exit codes', '130']) {
      expect(stdout).toContain(text);
    }
  });

  it.each([['--version'], ['-v']])('%s prints the version alone', async (flag) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runProgram([flag], { cwd: temporaryDirectory() })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});
