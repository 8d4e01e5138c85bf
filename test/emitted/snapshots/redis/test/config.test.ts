/**
 * Is a wrong or unsafe configuration refused, with every problem named? Do its secrets stay out of what git and Docker
 * let through, and out of reach of others?
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDevelopmentCertificates, writeCertificates } from '../scripts/certs.ts';
import { ConfigError, DEVELOPMENT_DATABASE_FILE, readConfig, readDatabaseUrl } from '../src/config.ts';
import { DATABASE_URL_VARIABLE } from '../src/database/connection.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'config-'));
const file = (name: string) => join(DIRECTORY, name);
const databaseUrl = (password: string) => `redis://app:${password}@db.example`;
const secret = (name: string) => `${name} secret that is long enough to be one`;

let good: Record<string, string>;
beforeAll(async () => {
  const { cert, key } = await createDevelopmentCertificates(['localhost']);
  writeFileSync(file('cert.pem'), cert);
  writeFileSync(file('key.pem'), key);
  writeFileSync(file('other-key.pem'), (await createDevelopmentCertificates(['localhost'])).key);
  const expired = await createDevelopmentCertificates(['localhost'], new Date('2020-01-01'));
  writeFileSync(file('expired.pem'), expired.cert);
  writeFileSync(file('expired-key.pem'), expired.key);
  good = {
    APP_ORIGINS: 'https://app.example,https://localhost:3443',
    SESSION_SECRETS: `${secret('a new')},${secret('an old')}`,
    TLS_CERT_FILE: file('cert.pem'),
    TLS_KEY_FILE: file('key.pem'),
    [DATABASE_URL_VARIABLE]: databaseUrl('hidden'),
  };
});
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

/** What is wrong, a line each; none when nothing is. */
const problemsOf = (environment: Record<string, string>, read: (env: typeof environment) => unknown = readConfig) => {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
};

/** Exactly one line, which begins with the variable. */
const problemWith = (name: string) => [expect.stringMatching(new RegExp(`^${name} .`))];

describe('the configuration', () => {
  it('is read from the environment, and listens to this machine alone unless it is told otherwise', () => {
    expect(problemsOf({ ...good, PORT: '', LOG_LEVEL: '' })).toEqual([]);
    expect(readConfig(good)).toMatchObject({
      production: false,
      logLevel: 'info',
      host: '127.0.0.1',
      port: 3443,
      origins: ['https://app.example', 'https://localhost:3443'],
      secrets: [secret('a new'), secret('an old')],
      databaseUrl: good[DATABASE_URL_VARIABLE],
    });
    const others = { ...good, LOG_LEVEL: 'debug', HOST: '::1', PORT: '443' };
    expect(readConfig(others)).toMatchObject({ logLevel: 'debug', host: '::1', port: 443 });
  });

  it('has no default secrets and lists every problem at once', () => {
    const problems = problemsOf({ PORT: 'x', [DATABASE_URL_VARIABLE]: databaseUrl('hidden') });
    const names = problems.map((problem) => problem.split(' ', 1)[0]);
    expect(names.sort()).toEqual(['APP_ORIGINS', 'PORT', 'SESSION_SECRETS', 'TLS_CERT_FILE']);
  });

  it.each(
    Object.entries({
      NODE_ENV: ['prod'],
      LOG_LEVEL: ['loud'],
      PORT: ['0', '65536', '3443x', '0x10', '1e3', '80.0', '-1', ' 80'],
      APP_ORIGINS: ['http://app.example', 'https://app.example/', 'https://app.example/path', 'app.example', ' , '],
      SESSION_SECRETS: ['x'.repeat(31), `${'x'.repeat(40)},short`, ','],
      TRUST_PROXY: 'true 0 11 10.1 10.0.0.0/33 10.0.0.0/8/8 0.0.0.0/0 0.0.0.0/1 10.0.0.1,::/0 ::/7 ::ffff:0:0/96'.split(
        ' ',
      ),
    }),
  )('refuses a wrong %s and names it', (name, values) => {
    for (const value of values) {
      expect([value, problemsOf({ ...good, [name]: value })]).toEqual([value, problemWith(name)]);
    }
  });

  it.each([
    ['missing', { TLS_CERT_FILE: 'nowhere.pem' }],
    ['without its key', { TLS_KEY_FILE: '' }],
    ['no pair', { TLS_KEY_FILE: file('other-key.pem') }],
    ['expired', { TLS_CERT_FILE: file('expired.pem'), TLS_KEY_FILE: file('expired-key.pem') }],
  ])('refuses a certificate that is %s', (_name, change) => {
    expect(problemsOf({ ...good, ...change })).toEqual(problemWith('TLS_CERT_FILE'));
  });

  it('needs no certificate behind a proxy that is configured, and behind no other', () => {
    const plain = { ...good, TLS_CERT_FILE: '', TLS_KEY_FILE: '' };
    expect(problemsOf(plain)).toEqual(problemWith('TLS_CERT_FILE'));
    expect(readConfig({ ...plain, TRUST_PROXY: '127.0.0.1' }).tls).toBeNull();
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.test'])(
    'lets others reach a development server on %s only where that is allowed by name',
    (HOST) => {
      expect(problemsOf({ ...good, HOST })).toEqual(problemWith('HOST'));
      expect(problemsOf({ ...good, HOST, ALLOW_PUBLIC_DEVELOPMENT: '1' })).toEqual(problemWith('HOST'));
      expect(problemsOf({ ...good, HOST, ALLOW_PUBLIC_DEVELOPMENT: 'true' })).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('takes %s for this machine', (HOST) => {
    expect(problemsOf({ ...good, HOST })).toEqual([]);
  });

  it('takes the database that `npm run dev` noted, where none is configured', () => {
    const back = process.cwd();
    onTestFinished(() => process.chdir(back));
    process.chdir(DIRECTORY);
    expect(problemsOf({}, readDatabaseUrl)).toEqual(problemWith(DATABASE_URL_VARIABLE));
    mkdirSync(dirname(DEVELOPMENT_DATABASE_FILE), { recursive: true });
    writeFileSync(DEVELOPMENT_DATABASE_FILE, `${databaseUrl('noted')}\n`);
    expect(readDatabaseUrl({})).toBe(databaseUrl('noted'));
    expect(readDatabaseUrl({ [DATABASE_URL_VARIABLE]: databaseUrl('other') })).toBe(databaseUrl('other'));
    expect(problemsOf({ NODE_ENV: 'production' }, readDatabaseUrl)).toEqual(problemWith(DATABASE_URL_VARIABLE));
  });
});

it.each(['development', 'production'])('%s refuses what is no address, and never prints it', (NODE_ENV) => {
  const malformed = { [DATABASE_URL_VARIABLE]: databaseUrl('hid/den'), ALLOW_UNVERIFIED_DATABASE: 'true' };
  const problems = problemsOf({ NODE_ENV, ...malformed }, readDatabaseUrl);
  expect(problems).toEqual(problemWith(DATABASE_URL_VARIABLE));
  expect(problems.join()).not.toMatch(/hid|den/);
});

describe('production', () => {
  /** Ready for production but for the certificate, which a test cannot get from a public authority. */
  const ready = () => ({
    ...good,
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    TLS_CERT_FILE: '',
    TLS_KEY_FILE: '',
    TRUST_PROXY: '10.0.0.1',
    ALLOW_UNVERIFIED_DATABASE: 'true',
  });

  it('starts when everything is fit for it', () => {
    expect(problemsOf(ready())).toEqual([]);
  });

  it.each([
    ['SESSION_SECRETS', `dev-${secret('x')}`],
    ['SESSION_SECRETS', `${secret('x')}, dev-${secret('x')}`],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    [DATABASE_URL_VARIABLE, ''],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ ...ready(), [name]: value })).toEqual(problemWith(name));
  });

  it('refuses the development certificate', () => {
    const { TLS_CERT_FILE = '', TLS_KEY_FILE = '' } = good;
    expect(problemsOf({ ...ready(), TLS_CERT_FILE, TLS_KEY_FILE })).toEqual(problemWith('TLS_CERT_FILE'));
  });

  it('refuses a database without verified TLS, unless that is allowed by name, and never prints its address', () => {
    const environment = ready();
    for (const allowed of ['', '1']) {
      const problems = problemsOf({ ...environment, ALLOW_UNVERIFIED_DATABASE: allowed });
      expect(problems).toEqual(problemWith(DATABASE_URL_VARIABLE));
      expect(problems.join()).not.toContain('hidden');
    }
    expect(readConfig(environment).databaseUrl).toBe(databaseUrl('hidden'));
  });

  it('lists all of it at once', () => {
    const wrong = { SESSION_SECRETS: 'dev-short', TRUST_PROXY: '0.0.0.0/0', [DATABASE_URL_VARIABLE]: '' };
    expect(problemsOf({ ...good, NODE_ENV: 'production', ...wrong })).toHaveLength(4);
  });
});

/** An empty repository, whatever this project is in, which sees only the rules that a test gives it. */
let repository: string;
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'project-'));
  execFileSync('git', ['init', '--quiet', repository]);
});
afterAll(() => rmSync(repository, { recursive: true }));

function git(workTree: string, command: string[], input = ''): string[] {
  const place = ['-c', 'core.excludesFile=', '--git-dir', join(repository, '.git'), '--work-tree', workTree];
  const run = () => execFileSync('git', [...place, ...command], { cwd: workTree, input, encoding: 'utf8' });
  return run().split('\0').filter(Boolean);
}

/** What git would commit of this project. */
const kept = () => git('.', ['ls-files', '-z', '--others', '--exclude-standard']);

/** Docker reads a pattern from the root of the project; git does so when it begins with a slash. */
const RULES: Record<string, (text: string) => string> = {
  '.gitignore': (text) => text,
  '.dockerignore': (text) => text.replace(/^(!?)(?=[^!#\s])/gm, '$1/'),
};

describe('secrets', () => {
  const secret = ['.env', '.env.local', '.env.production', '.env.new', 'production.env', 'deploy/production.env'];
  const keys = ['certs/server-key.pem', 'certs/server.pem', 'tls/x.key', 'tls/x.crt', 'x.pem', 'deploy/x.key'];
  const data = ['.data/x', '.data/database-url', 'x.log'];
  const harmless = ['.env.example', 'package.json', 'src/server.ts', 'src/environment.ts', 'public/index.html'];

  it.each(Object.keys(RULES).filter((file) => existsSync(file)))('stay out of what %s lets through', (file) => {
    writeFileSync(join(repository, '.gitignore'), RULES[file]?.(readFileSync(file, 'utf8')) ?? '');
    const ignored = [...secret, ...keys, ...data];
    const asked = [...ignored, ...harmless].join('\0');
    expect(git(repository, ['check-ignore', '-z', '--stdin'], asked)).toEqual(ignored);
  });

  it('are in .env alone, which nobody else on this machine can read', ({ skip }) => {
    skip(!existsSync('.env'), 'a fresh clone has no .env');
    const settings = readFileSync('.env', 'utf8').matchAll(/^(?:SESSION_SECRETS|DATABASE_PASSWORD)=(.+)$/gm);
    const secrets = [...settings].flatMap(([, value = '']) => value.split(',')).filter(({ length }) => length > 8);
    const files = kept();
    expect(files).toContain('package.json');
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      for (const secret of secrets) expect(text.includes(secret), file).toBe(false);
    }
    if (process.platform !== 'win32') expect(statSync('.env').mode & 0o077).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'of `npm run certs` are in a file that nobody else reads, in a folder that nobody else writes',
    async () => {
      const folder = file('certs');
      mkdirSync(folder);
      chmodSync(folder, 0o777);
      writeCertificates(folder, await createDevelopmentCertificates(['localhost']));
      expect(statSync(join(folder, 'server-key.pem')).mode & 0o077).toBe(0);
      expect(statSync(folder).mode & 0o022).toBe(0);
    },
  );

  it('of the development database are generated, never the same for everybody', () => {
    const compose = readFileSync('compose.yaml', 'utf8');
    expect(compose).toContain('${DATABASE_PASSWORD:?');
    expect(compose.match(/pass(word)?\w*\s*[:=]\s*['"]?\w+/gi) ?? []).toEqual([]);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^DATABASE_PASSWORD=$/m);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^SESSION_SECRETS=$/m);
  });
});
