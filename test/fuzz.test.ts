import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTION_ROWS } from '../src/options/options.ts';
import { RUN_FLAG_ROWS } from '../src/options/run-flags.ts';
import './support/fuzz-seed.ts';
import { runInProcess } from './support/in-process.ts';
import { runProgram } from './support/program.ts';
import { snapshotOf, temporaryDirectory } from './support/temporary.ts';

/** Whatever is typed or written into a configuration: no stack trace, no write elsewhere, no success without a project. */

const flags = [
  ...OPTION_ROWS.flatMap(([, { flag }]) => [`--${flag}`, `--no-${flag}`]),
  ...RUN_FLAG_ROWS.map(([flag]) => `--${flag}`),
].filter((flag) => !['--install', '--git', '--verify'].includes(flag));

const values = OPTION_ROWS.flatMap(([, { kind }]) => kind.choices?.map(({ value }) => String(value)) ?? []);

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-',
    '--',
    '..',
    '.',
    '/',
    '~',
    '__proto__',
    'constructor',
    'CON',
    'a\0b',
    '\u202E',
    '🔒',
  ),
  fc.constantFrom(
    'node_modules',
    '../elsewhere',
    './a/../../b',
    'x'.repeat(300),
    '%00',
    '$(id)',
    '`id`',
    "';",
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.string({ maxLength: 12 }),
);

const word = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...flags) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...values, '30m', '8h', '1', '65535', '__Host-a', 'a.test', 'my-app'),
  },
  { weight: 2, arbitrary: odd },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...flags), odd).map((parts) => parts.join('=')) },
);

// A directory from the root on would be made there.
const commandLine = fc.array(
  word.filter((text) => !/^\/./.test(text)),
  { maxLength: 6 },
);

const key = fc.oneof(fc.constantFrom(...OPTION_ROWS.map(([name]) => name)), odd);
const documents = fc.oneof(
  fc.dictionary(
    key,
    fc.oneof(fc.constantFrom(...values, '30m', true, false, null, 3443), odd, fc.jsonValue()),
    {
      maxKeys: 5,
    },
  ),
  fc.jsonValue(),
);

/** Runs that write nothing by intention, and say so on standard output. */
const WRITES_NOTHING = /^-h$|^-v$|^--(help|version|print-schema|explain|dry-run)$/;

async function check(args: readonly string[], input: string, run = runInProcess): Promise<void> {
  const root = temporaryDirectory();
  const cwd = join(root, 'cwd');
  mkdirSync(cwd);
  writeFileSync(join(root, 'elsewhere'), 'mine');
  const { code, stdout, stderr } = await run([...args, '--no-install', '--no-git'], cwd, input);
  const said = JSON.stringify({ args, input, code, stdout: stdout.slice(-500), stderr: stderr.slice(-500) });
  expect([0, 2, 3], said).toContain(code);
  expect(stderr, said).not.toMatch(/\n\s+at /);
  const after = snapshotOf(root);
  const manifests = Object.keys(after).filter((path) => path.endsWith('.secure-session.json'));
  if (code !== 0) expect(Object.keys(after).sort(), said).toEqual(['cwd', 'elsewhere']);
  else if (!args.some((arg) => WRITES_NOTHING.test(arg))) expect(manifests, said).toHaveLength(1);
  expect(after.elsewhere, said).toBe('mine');
  const outside = manifests.filter((path) => relative('cwd', path).startsWith('..'));
  // Only where the directory was named so is it outside of the current one.
  if (!args.some((arg) => arg.includes('..'))) expect(outside, said).toEqual([]);
  if (args.includes('--json')) expect(() => JSON.parse(stdout), said).not.toThrow();
}

describe('whatever is typed', () => {
  it('ends as documented', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commandLine, (args) => check(args, '')),
      { numRuns: 400 },
    );
  });

  it('ends as documented, whatever a configuration holds', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(documents, (document) =>
        check(['my-app', '--json', '--config', '-'], JSON.stringify(document)),
      ),
      { numRuns: 300 },
    );
  });

  it('ends as documented as a directory', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(odd, (name) => check([`./${name}`], '')),
      { numRuns: 200 },
    );
  });

  it('ends as documented in a process of its own', { timeout: 120_000 }, async () => {
    const run = (args: readonly string[], cwd: string) => runProgram(args, { cwd });
    // No argument of a process can hold a NUL.
    const typed = commandLine.filter((args) => !args.some((arg) => arg.includes('\0')));
    await fc.assert(
      fc.asyncProperty(typed, (args) => check(args, '', run)),
      { numRuns: 25 },
    );
  });
});
