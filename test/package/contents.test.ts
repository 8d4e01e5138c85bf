import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** The names of the bundle's parts follow from what is loaded late, so they count as one. */
const asKind = (path: string): string => path.replace(/^dist\/[\w-]+\.cjs$/, 'dist/*.cjs');

/** Scripts that npm runs on the machine of whoever installs a package. */
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];

describe('the package', () => {
  it('holds exactly what it needs', () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
    const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }));
    const kinds = new Set(packed.files.map(({ path }: { path: string }) => asKind(path)));
    expect([...kinds].sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin/create-secure-session-app.js',
      'bin/package.json',
      'dist/*.cjs',
      'dist/library.d.cts',
      'dist/templates.br',
      'package.json',
    ]);
  });

  it('depends on nothing and runs nothing where it is installed', () => {
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
      expect(manifest[kind]).toBeUndefined();
    }
    expect(Object.keys(manifest.scripts).filter((name) => AT_INSTALL.includes(name))).toEqual([]);
  });

  it('gives programs a library with types, and a shell the program, under names that exist', () => {
    const { types, default: code } = manifest.exports['.'];
    for (const path of [types, code, ...Object.values<string>(manifest.bin)]) {
      expect(readFileSync(path, 'utf8')).not.toBe('');
    }
    expect(types.replace('.d.cts', ''), 'CommonJS code has types of CommonJS').toBe(code.replace('.cjs', ''));
  });
});
