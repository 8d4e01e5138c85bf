import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * FerretDB on SQLite writes one thing after the other, so what a suite sends at once takes longer than the two seconds
 * that an engine has. Only the project under test gets this patience, and only with that stand-in for MongoDB.
 */
const EDITS = {
  'src/security-policy.ts': ['ENGINE_DEADLINE_MS = 2 * SECOND_MS', 'ENGINE_DEADLINE_MS = 4 * SECOND_MS'],
  'SECURITY.md': ['| `ENGINE_DEADLINE_MS` | 2 seconds |', '| `ENGINE_DEADLINE_MS` | 4 seconds |'],
} as const;

/** @throws Error when a file does not say what is to be changed */
export function haveMorePatience(directory: string): void {
  for (const [file, [now, then]] of Object.entries(EDITS)) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(now)) throw new Error(`${file} does not hold ${now}`);
    writeFileSync(path, text.replace(now, then));
  }
}
