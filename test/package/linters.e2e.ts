import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';
import { type Linters, linters } from './support/linters.ts';

let lint: Linters;
beforeAll(async () => {
  lint = await linters();
});

describe('the tarball that would be published', () => {
  it('is as publint wants it, down to its suggestions', async () => {
    expect(await lint.publint(inject('tarball'))).toEqual([]);
  });

  it('has types that TypeScript finds, however it resolves modules', async () => {
    expect(await lint.attw(inject('tarball'))).toEqual([]);
  });
});

/** Otherwise "no findings" could mean that nothing was looked at. */
describe('a tarball whose package.json is broken', () => {
  it('is told by publint where a file that it names is missing', async () => {
    const broken = withManifest((manifest) => ({ ...manifest, main: './dist/lost.cjs' }));
    expect(await lint.publint(broken)).toEqual(['FILE_DOES_NOT_EXIST main']);
  });

  it('is told by attw where old resolution finds no types', async () => {
    const broken = withManifest(({ main, types, ...manifest }) => manifest);
    expect(await lint.attw(broken)).toEqual(['NoResolution node10']);
  });
});

type Manifest = Record<string, unknown>;

/** The same tarball, but for its package.json. */
function withManifest(change: (manifest: Manifest) => Manifest): string {
  const folder = temporaryDirectory();
  execFileSync('tar', ['-xzf', inject('tarball'), '-C', folder]);
  const path = join(folder, 'package', 'package.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
  const tarball = join(folder, 'changed.tgz');
  execFileSync('tar', ['-czf', tarball, '-C', folder, 'package']);
  return tarball;
}
