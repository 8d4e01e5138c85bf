/** Do secrets stay out of what git and Docker let through, and out of reach of others? */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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

  it('of the development database are generated, never the same for everybody', () => {
    const compose = readFileSync('compose.yaml', 'utf8');
    expect(compose).toContain('${DATABASE_PASSWORD:?');
    expect(compose.match(/pass(word)?\w*\s*[:=]\s*['"]?\w+/gi) ?? []).toEqual([]);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^DATABASE_PASSWORD=$/m);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^SESSION_SECRETS=$/m);
  });
});
