import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Cancelled, UserError } from '../errors.ts';
import type { Known } from '../options/options.ts';
import type { World } from '../world.ts';
import { readDocument } from './document.ts';

/** The answers in a JSON file, or in standard input with `-`. */
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

/** Somebody at a terminal would wait for us, and we for them. */
async function readInput({ stdin, signal }: World): Promise<string> {
  if (stdin.isTTY) throw unreadable('--config - reads standard input, and that is a terminal');
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
    // Editors of one system begin a file with a byte order mark.
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = json.trim() === '' ? 'it is empty' : (error as Error).message.replaceAll(/\s+/g, ' ');
    throw unreadable(`--config: ${source === '-' ? 'standard input' : source} is no JSON: ${reason}`);
  }
}

const unreadable = (problem: string): UserError =>
  new UserError('bad_config', problem, {
    flag: 'config',
    fix: 'Give a JSON document as --print-schema describes it.',
  });
