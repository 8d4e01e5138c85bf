/** The project's own files: what must not be in them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const IGNORED = ['.env', '*.pem', '*.key', 'certs/', '.data/', 'node_modules/'];

/** Whatever git keeps: the whole project without what is ignored and without git's own files. */
function kept(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(\..*|certs|dist|coverage|node_modules)$/.test(entry.name) ? [] : kept(path);
    return entry.name === '.env' || /\.(pem|key|log)$/.test(entry.name) ? [] : [path];
  });
}

const code = [...kept('src'), ...kept('scripts')].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe('secrets', () => {
  it.each(['.gitignore', '.dockerignore'])('stay out of what %s lets through', (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const pattern of IGNORED) expect(lines).toContain(pattern);
  });

  it('are in .env alone, which nobody else on this machine can read', () => {
    if (!existsSync('.env')) return; // A fresh clone has none.
    const secrets = [...readFileSync('.env', 'utf8').matchAll(/^(?:SESSION_SECRETS|ENGINE_PASSWORD)=(.+)$/gm)];
    const values = secrets.flatMap(([, value = '']) => value.split(',')).filter((value) => value.length > 8);
    for (const path of kept()) {
      const text = readFileSync(path, 'utf8');
      for (const value of values) expect(text.includes(value), path).toBe(false);
    }
    if (process.platform !== 'win32') expect(statSync('.env').mode & 0o077).toBe(0);
  });

  it('of the development engine are generated, never the same for everybody', () => {
    const compose = readFileSync('compose.yaml', 'utf8');
    expect(compose).toContain('${ENGINE_PASSWORD:?');
    expect(compose.match(/pass(word)?\w*\s*[:=]\s*['"]?\w+/gi) ?? []).toEqual([]);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^ENGINE_PASSWORD=$/m);
    expect(readFileSync('.env.example', 'utf8')).toMatch(/^SESSION_SECRETS=$/m);
  });
});

describe('the code', () => {
  it('creates users by registration only: there is no default account', () => {
    const creators = code.filter(({ text }) => /users\.create\(/.test(text)).map(({ path }) => path);
    expect(creators).toEqual([join('src', 'users', 'accounts.ts')]);
  });

  it('never turns the checking of certificates off', () => {
    for (const { path, text } of code) {
      expect(text, path).not.toMatch(
        /rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED|tlsAllowInvalid|tlsInsecure/,
      );
    }
  });

  it('reads the environment in config.ts alone', () => {
    const readers = code.filter(({ path, text }) => path.startsWith('src') && text.includes('process.env'));
    expect(readers.map(({ path }) => path)).toEqual([join('src', 'config.ts')]);
  });

  it('begins, replaces and ends sessions in src/session alone', () => {
    const outside = code.filter(({ path }) => !path.startsWith(join('src', 'session')));
    for (const { path, text } of outside) {
      expect(text, path).not.toMatch(/\.regenerate\(|session\.destroy\(|sessionStore|session = null/);
    }
  });
});
