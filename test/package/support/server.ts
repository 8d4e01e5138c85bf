import { type ChildProcess, spawn } from 'node:child_process';
import { atEndOfRun } from '../../support/end-of-run.ts';
import { type Circumstances, userEnvironment } from './commands.ts';

/** A process of a project that stays until it is ended. */
export interface Running {
  readonly pid: number;
  output(): string;
  isRunning(): boolean;
  /** Sends the signal and waits. @returns the exit code, or the name of the signal that ended it */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

const STARTS_WITHIN_MS = 120_000;

/** Runs a command of a project until it prints what is expected. A group of its own, as a terminal makes for Ctrl-C. */
export async function start(
  command: readonly [string, ...string[]],
  cwd: string,
  expected: RegExp,
  circumstances: Circumstances = {},
): Promise<Running> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env: userEnvironment(circumstances), detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  running.add(child);
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    child.once('error', (error) => {
      output += error;
      done(null);
    });
    child.once('close', (code, signal) => done(signal ?? code));
  });
  ended.then(() => running.delete(child));
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const end = (signal: NodeJS.Signals) => {
    signalGroup(child, signal);
    return ended;
  };

  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (!expected.test(output)) {
    if (isRunning() && Date.now() < deadline) await new Promise((next) => setTimeout(next, 50));
    else {
      await end('SIGKILL');
      throw new Error(`${command.join(' ')} did not print ${expected}:\n${output}`);
    }
  }
  return { pid: child.pid ?? 0, output: () => output, isRunning, end };
}

// --- internal ---

/** Ended with the run, which may fail before it stops them. */
const running = new Set<ChildProcess>();
atEndOfRun(() => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, signal);
}
