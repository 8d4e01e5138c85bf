import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Cancelled, UserError } from '../errors.ts';
import type { Known } from '../options/options.ts';
import type { World } from '../world.ts';
import { readDocument } from './document.ts';

/** Reads the answers from a JSON file, or from standard input with `-`. */
export async function readConfig(source: string, world: World): Promise<Known> {
  const json = source === '-' ? await readInput(world) : await readFrom(resolve(world.cwd, source), source);
  return readDocument(parse(json, source), world.cwd);
}

// --- internal ---

async function readFrom(path: string, source: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw unreadable(`--config: ${source} cannot be read (${reason})`);
  }
}

/** A terminal is refused: the user and the program would wait for each other. */
async function readInput({ stdin, signal }: World): Promise<string> {
  if (stdin.isTTY) throw unreadable('--config - reads standard input, but that is a terminal');
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
  try {
    return await Promise.race([text(stdin), interrupted]);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    throw unreadable('--config: standard input cannot be read');
  } finally {
    if ('destroy' in stdin && typeof stdin.destroy === 'function') stdin.destroy();
  }
}

function parse(json: string, source: string): unknown {
  try {
    // Some Windows editors start a file with a byte order mark.
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = json.trim() === '' ? 'it is empty' : (error as Error).message.replaceAll(/\s+/g, ' ');
    throw unreadable(`--config: ${source === '-' ? 'standard input' : source} is not valid JSON: ${reason}`);
  }
}

const unreadable = (problem: string): UserError =>
  new UserError('bad_config', problem, {
    flag: 'config',
    fix: 'Provide a JSON document as described by --print-schema.',
  });
