import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The changes that an owner makes to a fresh project, with a list of the files they touched. */
export class Edits {
  readonly touched = new Set<string>();
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(path: string): string {
    return readFileSync(join(this.#directory, path), 'utf8');
  }

  /** A new file. */
  add(path: string, text: string): void {
    const file = join(this.#directory, path);
    if (existsSync(file)) throw new Error(`${path} is there already`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    this.touched.add(path);
  }

  /** Puts text before or after a place that occurs exactly once. */
  insert(path: string, where: { before: string } | { after: string }, text: string): void {
    const place = 'before' in where ? where.before : where.after;
    this.replace(path, place, 'before' in where ? `${text}${place}` : `${place}${text}`);
  }

  replace(path: string, from: string, to: string): void {
    const file = join(this.#directory, path);
    const before = this.read(path);
    if (before.split(from).length !== 2) throw new Error(`${path} does not have this once:\n${from}`);
    writeFileSync(
      file,
      before.replace(from, () => to),
    );
    this.touched.add(path);
  }
}
