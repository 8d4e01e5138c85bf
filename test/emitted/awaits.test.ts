import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, it } from 'vitest';
import { inMatrix, named } from './support/combinations.ts';
import { emit } from './support/emit.ts';

/**
 * A guard, a save or a throttle that is called without `await` protects nothing, and most tests would not see it. So
 * each `await` in src is dropped, one at a time, and the project's own check must complain.
 */

const MINUTES = 60_000;

/** Far below what there is: catches a search that stops finding them. */
const LEAST_AWAITS = 80;

/** Each with a sign-in at a provider, too. */
const rows = inMatrix().flatMap((row) => [
  row,
  { ...row, name: `${row.name}-oidc`, flags: [...row.flags, '--auth', 'oidc'] },
]);

describe.concurrent('the check of an emitted project', { timeout: 5 * MINUTES }, () => {
  it.for(named(rows))(
    '%s complains about each await that is missing in src',
    async ([name, { flags }], { expect }) => {
      const directory = await emit(name, flags, `${name}-awaits`);
      excuseNeighbours(directory);
      const drops = awaitsIn(directory);
      expect(drops.length).toBeGreaterThan(LEAST_AWAITS);
      expect(await complaints(directory, drops.map(unchanged)), 'with every await').toEqual([]);

      const noticed = await complaints(directory, drops);
      const unnoticed: string[] = [];
      for (const drop of drops.filter(({ beside }) => !noticed.includes(beside))) {
        if (!(await isNoticedElsewhere(directory, drop))) unnoticed.push(`${drop.file}:${drop.line}`);
      }
      expect(unnoticed).toEqual([]);
    },
  );
});

// --- internal ---

interface Drop {
  file: string;
  line: number;
  original: string;
  /** The same without that await. */
  text: string;
  /** Where that is put: as a neighbour it imports what the file itself imports. */
  beside: string;
}

function awaitsIn(directory: string): Drop[] {
  const files = readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts')).map((file) => join('src', file));
  return sources.flatMap((file) => {
    const original = readFileSync(join(directory, file), 'utf8');
    const awaits = [...original.matchAll(/\bawait /g)].filter(({ index }) => !isInComment(original, index));
    return awaits.map(({ index }, count) => ({
      file,
      line: original.slice(0, index).split('\n').length,
      original,
      text: original.slice(0, index) + original.slice(index + 'await '.length),
      beside: file.replace(/\.ts$/, `.without-${count}.ts`),
    }));
  });
}

/** From lint rules that excuse their original by its name. */
function excuseNeighbours(directory: string): void {
  const path = join(directory, 'biome.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/("!src\/[\w/]+)\.ts"/g, '$1*.ts"'));
}

function isInComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
  return /^\s*\*|\/[/*]/.test(line);
}

const unchanged = (drop: Drop): Drop => ({ ...drop, text: drop.original });

/** The files in src that the check complains about, with these beside their originals. */
async function complaints(directory: string, drops: readonly Drop[]): Promise<string[]> {
  for (const { beside, text } of drops) writeFileSync(join(directory, beside), text);
  const found = [...(await lint(directory)), ...(await compile(directory))];
  for (const { beside } of drops) rmSync(join(directory, beside));
  return found;
}

/** The files in src that the linter complains about, with the project's rules. */
async function lint(directory: string): Promise<string[]> {
  const own = ['--formatter-enabled=false', '--assist-enabled=false'];
  const { code, output } = await run(directory, 'biome', [
    'check',
    ...own,
    '--max-diagnostics=none',
    '--reporter=github',
    'src',
  ]);
  const files = [...output.matchAll(/^::\w+ .*?file=.*?(src\/.*?),/gm)].map(([, file = '']) => file);
  if (code !== 0 && files.length === 0) throw new Error(`the linter did not run: ${output}`);
  return files;
}

/** The files in src that the compiler complains about, with the project's settings. */
async function compile(directory: string): Promise<string[]> {
  writeFileSync(join(directory, 'tsconfig.src.json'), '{ "extends": "./tsconfig.json", "include": ["src"] }');
  const { code, output } = await run(directory, 'tsc', ['-p', 'tsconfig.src.json']);
  const files = [...output.matchAll(/^(src\/.*?)\(\d+,\d+\): error/gm)].map(([, file = '']) => file);
  if (code !== 0 && files.length === 0) throw new Error(`the compiler did not run: ${output}`);
  return files;
}

/** In a file that imports this one, which gets a promise in the place of a value. */
async function isNoticedElsewhere(directory: string, { file, text, original }: Drop): Promise<boolean> {
  writeFileSync(join(directory, file), text);
  const found = await complaints(directory, []);
  writeFileSync(join(directory, file), original);
  return found.length > 0;
}

async function run(cwd: string, program: string, args: readonly string[]) {
  const options = { cwd, preferLocal: true, localDir: process.cwd(), all: true, reject: false } as const;
  const { exitCode, all } = await execa(program, args, options);
  return { code: exitCode, output: all };
}
