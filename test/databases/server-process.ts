import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEndOfRun } from '../support/end-of-run.ts';

/** A real server that a test runs against: a database, or PgBouncer or nginx in front of one. */
export interface RunningServer {
  readonly url: string;
  /** A server given by its URL is not ours: `kill` and `restart` refuse, so fault tests look here first. */
  readonly ours: boolean;
  /** Ends it in good order and removes its data. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL, for tests of a crash. The data stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, or stops and starts it: same port, same data. */
  restart(): Promise<void>;
  /** SIGSTOP to it and to its children: connections stay open and nothing answers. */
  freeze(): Promise<void>;
  /** SIGCONT to what `freeze` stopped. */
  thaw(): Promise<void>;
}

/** A program that a server needs is not installed; the message says what to run. */
export class ProgramMissing extends Error {
  override name = 'ProgramMissing';
}

export interface ServerProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Working folder and data; removed by stop(). */
  readonly folder: string;
  /** PostgreSQL and PgBouncer refuse to run as root. */
  readonly refusesRoot?: boolean;
  readonly stopSignal: NodeJS.Signals;
  /** Rejects until the server answers. */
  readonly answers: () => Promise<unknown>;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const READY_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 5_000;

/** Starts the program and resolves once it answers. Ends only the process it started, by its handle. */
export async function runServer(program: ServerProgram): Promise<Omit<RunningServer, 'url'>> {
  let child: ChildProcess | undefined;
  const stopped: number[] = [];
  const thaw = () => {
    for (const pid of stopped.splice(0)) {
      frozen.delete(pid);
      sendTo(pid, 'SIGCONT');
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    thaw();
    if (child) await endProcess(child, signal);
    child = undefined;
  };
  const freeze = async () => {
    for (const pid of child?.pid ? familyOf(child.pid) : []) {
      stopped.push(pid);
      frozen.add(pid);
      sendTo(pid, 'SIGSTOP');
    }
  };
  const start = async () => {
    child = await startUntilReady(program);
  };
  const stop = async () => {
    await end(program.stopSignal);
    rmSync(program.folder, { recursive: true, force: true, maxRetries: 5 });
  };
  await start().catch(async (error) => {
    await stop();
    throw error;
  });
  const restart = async () => {
    await end(program.stopSignal);
    await start();
  };
  return { ours: true, stop, kill: () => end('SIGKILL'), restart, freeze, thaw: async () => thaw() };
}

/** A folder for the data of a server, whoever it runs as. */
export function temporaryFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `${name}-`));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Writes a file for the user that servers run as, and nobody else. */
export function writePrivately(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  const user = unprivilegedUser();
  if (user) chownSync(path, user.uid, user.gid);
}

/** Whom to run as what refuses root; undefined when the tests do not run as root. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name]).stdout || Number.NaN));
    if (uid && gid) return { uid, gid };
  }
  throw new ProgramMissing('Run the tests as another user than root: there is no user postgres or nobody.');
}

// --- internal ---

/** Ended with the test run, which may fail before it stops them. */
const running = new Set<ChildProcess>();
const frozen = new Set<number>(); // a frozen child would outlive its killed parent
atEndOfRun(() => {
  for (const pid of frozen) sendTo(pid, 'SIGCONT');
  for (const child of running) child.kill('SIGKILL');
});

/** The process and its children, such as PostgreSQL's one for each connection. The parent first: it forks no more then. */
function familyOf(parent: number): number[] {
  sendTo(parent, 'SIGSTOP');
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return [parent, ...pairs.flatMap(([pid, ppid]) => (pid && ppid === parent ? [pid] : []))];
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** Started again when it exits: the children of a killed PostgreSQL hold its shared memory for a moment. */
async function startUntilReady(program: ServerProgram): Promise<ChildProcess> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const child = launch(program);
    if (child.pid === undefined) throw new Error(`${program.command} cannot be run`);
    while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
      if (await program.answers().then(isYes, isNo)) return child;
      await sleep(25);
    }
    await endProcess(child, 'SIGKILL');
    if (Date.now() >= deadline) throw new Error(`${program.name} did not start:\n${logOf(program)}`);
    await sleep(200);
  }
}

const isYes = (): boolean => true;
const isNo = (): boolean => false;

function launch({ command, args, folder, refusesRoot }: ServerProgram): ChildProcess {
  const log = openSync(join(folder, 'server.log'), 'a');
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const user = refusesRoot ? unprivilegedUser() : {};
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', log, log], ...user });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => {}); // a program that cannot be run has no pid, which the caller looks at
  return child;
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const tooLong = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await gone;
  clearTimeout(tooLong);
}

function logOf({ folder }: ServerProgram): string {
  return readFileSync(join(folder, 'server.log'), 'utf8').split('\n').slice(-15).join('\n');
}
