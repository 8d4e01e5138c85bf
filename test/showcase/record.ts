import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { BIN, cleanEnv } from '../support/program.ts';
import { Screen } from './screen.ts';
import { svgOf } from './svg.ts';

/** Where the picture is. */
export const RUN_FILE = 'docs/run.svg';

const COLUMNS = 80;

/** Enough for the last questions, the summary and the result. */
const ROWS = 50;

const DEADLINE_MS = 60_000;

/** Question → the keys that answer it. All others are answered by Enter, which takes the default. */
const KEYS: Readonly<Record<string, string>> = {
  // Needs a registry, and takes as long as that takes.
  'Install the dependencies now?': 'n',
};

/** Runs the built generator in a pseudo-terminal, and draws the last screen. */
export async function recordRun(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'css-run-'));
  try {
    const rows = (await run(directory)).runs().slice(0, -1).slice(-ROWS);
    // What is above the first question belongs to one that has scrolled away.
    const first = rows.findIndex(([run]) => run?.text.startsWith('◇'));
    return svgOf(rows.slice(first), {
      columns: COLUMNS,
      title: 'npm create secure-session-app@latest my-app',
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

// --- internal ---

function run(cwd: string): Promise<Screen> {
  const screen = new Screen(COLUMNS);
  const answered = new Set<string>();
  // Only the warning that this Node is old goes to standard error.
  const command = ['-c', 'exec "$@" 2>/dev/null', 'sh', process.execPath, BIN, 'my-app'];
  const env = cleanEnv({ TERM: 'xterm-256color' });
  const program = spawn('sh', command, { cols: COLUMNS, rows: ROWS, cwd, env });
  return new Promise((done, fail) => {
    const deadline = setTimeout(() => program.kill(), DEADLINE_MS);
    program.onData((output) => {
      screen.write(output);
      const question = openQuestion(screen.lines());
      if (!question || answered.has(question)) return;
      answered.add(question);
      program.write(KEYS[question] ?? '\r');
    });
    program.onExit(({ exitCode }) => {
      clearTimeout(deadline);
      if (exitCode === 0) done(screen);
      else fail(new Error(`ended with ${exitCode} after:\n${screen.lines().join('\n')}`));
    });
  });
}

/** The one that waits for an answer, once its frame is complete. */
function openQuestion(lines: readonly string[]): string | undefined {
  const last = lines.findLast((line) => line !== '');
  return last === '└'
    ? lines
        .findLast((line) => line.startsWith('◆'))
        ?.slice(1)
        .trim()
    : undefined;
}
