/** How does a script run a database server: the program of this machine, or the one in compose.yaml? */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that a script started and must stop. */
export interface DevelopmentDatabase {
  url: string;
  stop(): Promise<void>;
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
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Starts the database in compose.yaml. Null when docker cannot. */
export function runCompose(): (() => Promise<void>) | null {
  const { status } = spawnSync('docker', ['compose', 'up', '--detach', '--wait'], { stdio: 'inherit' });
  if (status !== 0) return null;
  return async () => {
    spawnSync('docker', ['compose', 'stop'], { stdio: 'inherit' });
  };
}

/**
 * Runs a server program on a free port of this machine and waits until it accepts connections.
 * @param directory where the data is kept; without it the data is deleted at the end
 */
export async function runProgram(
  program: string,
  directory: string | undefined,
  invocation: (port: number, data: string) => Invocation,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const data = resolve(directory ?? mkdtempSync(join(tmpdir(), `${program}-`)));
  mkdirSync(data, { recursive: true });
  chmodSync(data, 0o700);
  const port = await freePort();
  const child = launch(program, invocation(port, data), data);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await exited;
    clearTimeout(timer);
    if (!directory) rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  };
  if (await isAccepting(child, port)) return { port, stop };
  const lines = readFileSync(join(data, 'server.log'), 'utf8').trim().split('\n').slice(-10);
  await stop();
  throw new Error([`${program} did not start:`, ...lines].join('\n'));
}

/**
 * Becomes the program, and leaves a process behind that ends it when the other end of descriptor 3 closes: this
 * process may be killed, and a second server on the same data would destroy it. A line there says the program is gone.
 */
const UNTIL_WE_END = '{ read _ <&3 || kill $$; } & exec "$@" 3<&-';

function launch(program: string, { args, input }: Invocation, data: string): ChildProcess {
  const log = openSync(join(data, 'server.log'), 'w');
  const child = spawn('sh', ['-c', UNTIL_WE_END, 'sh', program, ...args], {
    cwd: data,
    stdio: ['pipe', log, log, 'pipe'],
    // In a process group of its own: Ctrl-C is for the script, which stops the database after the server.
    detached: true,
  });
  closeSync(log);
  const [config, , , lifeline] = child.stdio as Writable[];
  for (const pipe of [config, lifeline]) pipe?.on('error', () => {}); // the program did not wait for it
  config?.end(input);
  child.once('exit', () => lifeline?.end('\n'));
  return child;
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

async function isAccepting(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (isRunning(child) && Date.now() < deadline) {
    if (await accepts(port)) return true;
    await sleep(POLL_MS);
  }
  return false;
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false)).once('connect', () => resolve(true));
    socket.once('connect', () => socket.destroy());
  });
}
