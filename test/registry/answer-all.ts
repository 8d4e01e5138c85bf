import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { userEnvironment } from '../package/support/commands.ts';

const ENTER = '\r';
/** A screen that has not changed for so long waits for an answer, or for an install. */
const STILL_MS = 1000;
const ENDS_WITHIN_MS = 300_000;

/** Runs a program in a pseudo-terminal of 80×24 and presses Enter whenever nothing moves. */
export function answerAll(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number; screen: string }> {
  const { NO_COLOR: _, ...user } = userEnvironment({ env: { TERM: 'xterm-256color', ...env } });
  const terminal = spawn(program, args, { cwd, cols: 80, rows: 24, env: user });
  let output = '';
  let changedAt = Date.now();
  terminal.onData((data) => {
    output += data;
    changedAt = Date.now();
  });
  const pressing = setInterval(() => {
    if (Date.now() - changedAt < STILL_MS) return;
    changedAt = Date.now();
    terminal.write(ENTER);
  }, 100);
  const tooLong = setTimeout(() => terminal.kill(), ENDS_WITHIN_MS);
  return new Promise((done) => {
    terminal.onExit(({ exitCode }) => {
      clearInterval(pressing);
      clearTimeout(tooLong);
      done({ code: exitCode, screen: stripVTControlCharacters(output) });
    });
  });
}
