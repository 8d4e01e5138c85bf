/** Runs an engine for development and tests: the server program of this machine, or the one in compose.yaml. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that a script started and must stop. */
export interface DevelopmentEngine {
  url: string;
  stop: () => Promise<void>;
}

/** How a program is told its port and its data folder: by arguments, or by what it reads from standard input. */
export interface Invocation {
  args: string[];
  input?: string;
}

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 10_000;
const POLL_MS = 20;

export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a server program on a free port of this machine and waits until it accepts connections.
 * @param directory where the data is kept; without one it is gone at the end
 */
export async function runProgram(
  program: string,
  directory: string | undefined,
  invocation: (port: number, data: string) => Invocation,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const data = resolve(directory ?? mkdtempSync(join(tmpdir(), `${program}-`)));
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const child = launch(program, invocation(port, data), data);
  const stop = async () => {
    await end(child);
    if (!directory) rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await accepting(child, port);
  } catch (error) {
    const lines = readFileSync(join(data, 'server.log'), 'utf8').trim().split('\n').slice(-10);
    await stop();
    throw new Error([`${program} did not start:`, ...lines].join('\n'), { cause: error });
  }
  return { port, stop };
}

/** Starts the engine in compose.yaml. Null when docker cannot. */
export function runCompose(): (() => Promise<void>) | null {
  const { status } = spawnSync('docker', ['compose', 'up', '--detach', '--wait'], { stdio: 'inherit' });
  if (status !== 0) return null;
  return async () => {
    spawnSync('docker', ['compose', 'stop'], { stdio: 'inherit' });
  };
}

/**
 * Becomes the program, and leaves somebody behind who ends it when the other end of descriptor 3 closes: this process
 * may be killed, and a second server on the same data would destroy it. A line there says that the program is gone.
 */
const UNTIL_WE_END = '{ read _ <&3 || kill $$; } & exec "$@" 3<&-';

function launch(program: string, { args, input }: Invocation, data: string): ChildProcess {
  const log = openSync(join(data, 'server.log'), 'w', 0o600);
  const child = spawn('sh', ['-c', UNTIL_WE_END, 'sh', program, ...args], {
    cwd: data,
    stdio: ['pipe', log, log, 'pipe'],
    // In a group of its own: Ctrl-C is for this process, which stops the engine after the server.
    detached: true,
  });
  closeSync(log);
  const [config, , , lifeline] = child.stdio as Writable[];
  for (const pipe of [config, lifeline]) pipe?.on('error', () => {}); // the program did not wait for it
  config?.end(input);
  child.once('exit', () => lifeline?.end('\n'));
  return child;
}

async function accepting(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (isRunning(child) && Date.now() < deadline) {
    if (await accepts(port)) return;
    await sleep(POLL_MS);
  }
  throw new Error(isRunning(child) ? `not ready in ${START_DEADLINE_MS} ms` : 'it ended');
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
