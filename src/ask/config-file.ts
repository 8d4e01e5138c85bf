import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Cancelled, UserError } from '../errors.ts';
import { quoted } from '../legible.ts';
import type { Known } from '../options/options.ts';
import { reasonOf } from '../system-errors.ts';
import type { World } from '../world.ts';
import { readDocument } from './document.ts';

/** Reads the answers from a JSON file, or from standard input with `-`. */
export async function readConfig(source: string, world: World): Promise<Known> {
  const bytes = source === '-' ? await readInput(world) : await readFrom(resolve(world.cwd, source), source);
  return readDocument(parse(decoded(bytes), source), world.cwd);
}

// --- internal ---

async function readFrom(path: string, source: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(`--config: ${source} cannot be read: ${reasonOf(error)}`);
  }
}

/** A terminal is refused: the user and the program would wait for each other. */
async function readInput({ stdin, signal }: World): Promise<Buffer> {
  if (stdin.isTTY) throw unreadable('--config - reads standard input, but that is a terminal');
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
  try {
    return await Promise.race([buffer(stdin), interrupted]);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    throw unreadable('--config: standard input cannot be read');
  } finally {
    if ('destroy' in stdin && typeof stdin.destroy === 'function') stdin.destroy();
  }
}

/** Editors and shells of Windows start a text with a byte order mark, and PowerShell writes UTF-16. */
function decoded(bytes: Buffer): string {
  const encoding = { fffe: 'utf-16le', feff: 'utf-16be' }[bytes.toString('hex', 0, 2)] ?? 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function parse(json: string, source: string): unknown {
  const name = source === '-' ? 'standard input' : source;
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    const reason = json.trim() === '' ? 'it is empty' : (error as Error).message;
    throw unreadable(`--config: ${name} is not valid JSON: ${reason}`);
  }
  const key = repeatedKey(json);
  if (key !== undefined) throw unreadable(`--config: ${name} has the key ${quoted(key)} twice`);
  return document;
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs;

/** JSON.parse keeps only the last of two equal keys. Answers are not nested. */
function repeatedKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (colon && depth === 1) {
      const key = JSON.parse(token.slice(0, -colon.length));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

const unreadable = (problem: string): UserError =>
  new UserError('bad_config', problem, {
    flag: 'config',
    fix: 'Provide a JSON document as described by --print-schema.',
  });
