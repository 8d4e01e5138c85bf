import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Each row may import its own folder and the rows below it. */
const ROWS: readonly (readonly string[])[] = [
  ['cli.ts', 'library.ts', 'build'],
  ['commands'],
  ['ask'],
  ['report'],
  ['write', 'steps'],
  ['plan'],
  ['options'],
  ['system-errors.ts'],
  ['errors.ts', 'generator.ts', 'world.ts', 'library-types.d.cts'],
  ['legible.ts'],
];

/** File of src/ → the files and packages that it imports, types too. */
type Imports = ReadonlyMap<string, readonly string[]>;

function readImports(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.c?ts$/.test(path),
  );
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(folder, file), 'utf8'))]));
}

function importsOf(file: string, source: string): string[] {
  const found = source.matchAll(/(?:\bfrom|^import|\bimport\()\s*['"]([^'"]+)['"]/gm);
  return [...found].map(([, name = '']) =>
    name.startsWith('.') ? relative('.', join(dirname(file), name)) : name,
  );
}

const unitOf = (file: string): string => file.split('/')[0] ?? '';

const rowOf = (file: string): number => ROWS.findIndex((row) => row.includes(unitOf(file)));

/** Imports that lead up, or across to another folder of the same row. */
function wrongArrows(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => imports.has(target) && unitOf(target) !== unitOf(file))
      .filter((target) => rowOf(target) <= rowOf(file))
      .map((target) => `${file} -> ${target}`),
  );
}

/** The first circle found, as the path around it. */
function circleIn(imports: Imports): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of imports.get(file) ?? []) {
      const circle = walk(target, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('imports in src/', () => {
  const imports = readImports('src');
  const importersOf = (target: string): string[] =>
    [...imports].filter(([, targets]) => targets.includes(target)).map(([file]) => file);

  it('have a row for every file', () => {
    expect([...imports.keys()].filter((file) => rowOf(file) === -1)).toEqual([]);
    expect(imports.get('cli.ts')).toContain('commands/create.ts');
  });

  it('point one way', () => {
    expect(wrongArrows(imports)).toEqual([]);
  });

  it('make no circle', () => {
    expect(circleIn(imports)).toEqual([]);
  });

  it('reach nothing outside src/ but the manifest of the package', () => {
    const outside = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => target.startsWith('..')).map((target) => `${file} -> ${target}`),
    );
    expect(outside).toEqual(['generator.ts -> ../package.json']);
  });

  it('load the prompt library in one file', () => {
    expect(importersOf('@clack/prompts')).toEqual(['ask/prompts.ts']);
  });

  it('keep the steps apart', () => {
    const steps = ['git', 'install', 'mkcert', 'next-steps', 'verify'].map((name) => `steps/${name}.ts`);
    expect(steps.filter((step) => !imports.has(step))).toEqual([]);
    for (const step of steps)
      expect(importersOf(step).filter((file) => file.startsWith('steps/'))).toEqual([]);
  });

  it('leave printing to one printer, apart from what erases lines or hides input', () => {
    const writers = [...imports.keys()].filter((file) =>
      /\bstd(out|err)\.write\(/.test(readFileSync(join('src', file), 'utf8')),
    );
    expect(writers.sort()).toEqual([
      'commands/audit/app/secret-values.ts',
      'commands/create.ts',
      'report/progress.ts',
    ]);
  });
});
