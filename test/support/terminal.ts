import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { BIN, cleanEnv } from './program.ts';

export const KEY = {
  enter: '\r',
  down: '\u001B[B',
  escape: '\u001B',
  controlC: '\u0003',
  controlD: '\u0004',
  controlZ: '\u001A',
};

export interface Terminal {
  /** Waits for a text to appear after everything that was waited for before. */
  until(text: string): Promise<void>;
  type(...keys: string[]): void;
  signal(name: NodeJS.Signals): void;
  exitCode: Promise<number>;
  /** What was printed so far, without colours and cursor movements. */
  screen(): string;
  /** The same with them. */
  raw(): string;
}

/** Runs the built program in a real pseudo-terminal. */
export function openTerminal(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
  bin = BIN,
  // Wide, so that no message is broken over two lines.
  cols = 250,
): Terminal {
  return inTerminal(process.execPath, [bin, ...args], cwd, env, cols);
}

/** A shell with job control, in which $GENERATOR is the built program. */
export function openShell(cwd: string): Terminal {
  const GENERATOR = `${process.execPath} ${BIN}`;
  return inTerminal('bash', ['--norc', '--noprofile', '-i'], cwd, { GENERATOR }, 250);
}

// --- internal ---

function inTerminal(
  file: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
  cols: number,
): Terminal {
  const program: IPty = spawn(file, args, {
    cols,
    rows: 40,
    cwd,
    env: cleanEnv({ TERM: 'xterm-256color', ...env }),
  });
  onTestFinished(() => program.kill());
  let output = '';
  let seen = 0;
  let wake = () => {};
  program.onData((data) => {
    output += data;
    wake();
  });
  let ended = false;
  const exitCode = new Promise<number>((done) => {
    program.onExit((exit) => {
      ended = true;
      wake();
      done(exit.exitCode);
    });
  });
  const screen = () => stripVTControlCharacters(output);

  async function until(text: string): Promise<void> {
    for (;;) {
      const index = screen().indexOf(text, seen);
      if (index !== -1) {
        seen = index + text.length;
        return;
      }
      if (ended) throw new Error(`ended without "${text}" after:\n${screen().slice(seen)}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    until,
    type: (...keys) => program.write(keys.join('')),
    signal: (name) => program.kill(name),
    exitCode,
    screen,
    raw: () => output,
  };
}
