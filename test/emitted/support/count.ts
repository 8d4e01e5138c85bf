import { fileURLToPath } from 'node:url';
import { type Combination, combinations } from './combinations.ts';
import { wholeProject } from './emit.ts';

/** How big a project is: what its owner has to read, and keep. `npm run size` prints it. */
export interface Size {
  /** Those that git tracks, .env, the certificates and the lock file. */
  files: number;
  /** Of these, those that lie beside package.json. */
  root: number;
  /** Lines of code, in the TypeScript of a folder or the scripts of the pages. */
  src: number;
  scripts: number;
  public: number;
  test: number;
  /** Of SECURITY.md. */
  securityBytes: number;
  /** Lines of each file: of code, where it is TypeScript or JavaScript. */
  lines: ReadonlyMap<string, number>;
}

/** Written by the install. */
const LOCK_FILE = 'package-lock.json';

export async function sizeOf(flags: readonly string[]): Promise<Size> {
  const files = await wholeProject(flags);
  const lines = new Map(files.map(({ path, contents }) => [path, linesIn(path, contents)]));
  const paths = [...lines.keys(), LOCK_FILE];
  const sum = (pattern: RegExp) =>
    [...lines].reduce((total, [path, count]) => (pattern.test(path) ? total + count : total), 0);
  return {
    files: paths.length,
    root: paths.filter((path) => !path.includes('/')).length,
    src: sum(/^src\/.*\.ts$/),
    scripts: sum(/^scripts\/.*\.ts$/),
    public: sum(/^public\/.*\.js$/),
    test: sum(/^test\/.*\.ts$/),
    securityBytes: Buffer.byteLength(files.find(({ path }) => path === 'SECURITY.md')?.contents ?? ''),
    lines,
  };
}

/** Neither blank nor comment. Every comment of ours has its lines to itself. */
export function linesOfCode(source: string): number {
  const withoutBlocks = source.replaceAll(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '');
  return withoutBlocks.split('\n').filter((line) => /\S/.test(line) && !/^\s*\/\//.test(line)).length;
}

// --- internal ---

const linesIn = (path: string, contents: string): number =>
  /\.[jt]s$/.test(path) ? linesOfCode(contents) : contents.split('\n').length - 1;

const COLUMNS = ['files', 'src', 'scripts', 'public', 'test', 'securityBytes'] as const;

function table(rows: readonly { name: string; size: Size }[]): string {
  const heading = ['', 'files', 'src', 'scripts', 'public', 'test', 'SECURITY.md'];
  const cells = rows.map(({ name, size }) => [name, ...COLUMNS.map((column) => String(size[column]))]);
  return [heading, ...cells]
    .map((row) => row.map((cell, index) => (index === 0 ? cell.padEnd(18) : cell.padStart(12))).join(''))
    .join('\n');
}

/** Each file below the folders it lies in, with its lines. */
function tree(lines: ReadonlyMap<string, number>): string {
  let folder: string[] = [];
  const printed = [...lines]
    .sort(([a], [b]) => order(a, b))
    .flatMap(([path, count]) => {
      const parts = path.split('/');
      const inside = parts.slice(0, -1);
      const shared = inside.findIndex((part, depth) => part !== folder[depth]);
      const opened =
        shared === -1 ? [] : inside.slice(shared).map((part, index) => [part, shared + index] as const);
      folder = inside;
      const indent = (depth: number) => '  '.repeat(depth);
      return [
        ...opened.map(([part, depth]) => `${indent(depth)}${part}/`),
        `${indent(inside.length)}${(parts.at(-1) ?? '').padEnd(36 - 2 * inside.length)}${String(count).padStart(6)}`,
      ];
    });
  return printed.join('\n');
}

/** Files of a folder before the folders in it. */
function order(a: string, b: string): number {
  const key = (path: string) =>
    path.split('/').map((part, depth, all) => `${depth < all.length - 1 ? 1 : 0}${part}`);
  return key(a).join('/') < key(b).join('/') ? -1 : 1;
}

async function main(): Promise<void> {
  const measured = async (row: Combination) => ({ name: row.name, size: await sizeOf(row.flags) });
  const rows = await Promise.all(combinations().map(measured));
  console.log(
    `${table(rows)}\n\n${rows[0]?.name}, lines per file:\n${tree(rows[0]?.size.lines ?? new Map())}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
