/** Names and passwords come from the environment, a file or the terminal: never from the recipe or the arguments. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Cancelled, UserError } from '../../../errors.ts';
import type { World } from '../../../world.ts';

/** @throws UserError when there is no such variable, file or terminal */
export async function readValue(text: string, world: World): Promise<string> {
  const [, kind, name = ''] = /^(env|file|prompt):(.+)$/.exec(text) ?? [];
  if (kind === 'env') {
    const value = world.env[name];
    if (value) return value;
    throw missing(`the variable ${name} is not set`, `Set ${name}, or name another source.`);
  }
  if (kind === 'file') return readSecretFile(resolve(world.cwd, name), name);
  if (kind === 'prompt') return ask(name, world);
  return text;
}

// --- internal ---

function readSecretFile(path: string, name: string): string {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (value) return value;
  } catch {
    // Said below.
  }
  throw missing(`the file ${name} is empty or cannot be read`, 'It should hold the value alone.');
}

/** What is typed is not shown. */
async function ask(name: string, world: World): Promise<string> {
  if (!world.stdin.isTTY)
    throw missing(`${name} must be typed, and there is no terminal`, 'Use env: or file:.');
  world.stderr.write(`${name}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: world.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('', { signal: world.signal });
  } catch {
    throw new Cancelled();
  } finally {
    terminal.close();
    world.stderr.write('\n');
  }
}

const missing = (message: string, fix: string): UserError => new UserError('missing_value', message, { fix });
