import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

export const BIN = resolve('bin/create-secure-session-app.js');

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Circumstances {
  cwd: string;
  env?: Record<string, string>;
  /** Another copy of the program than the one in dist. */
  bin?: string;
  /** Whom it runs as. */
  user?: { uid: number; gid: number };
}

interface Watched extends Circumstances {
  /** Called with everything printed so far, whenever there is more. */
  onOutput?: (output: string, signal: (name: NodeJS.Signals) => void) => void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the built program as a user's shell does, without a terminal and with stdin closed. */
export function startProgram(
  args: readonly string[],
  { cwd, env = {}, bin = BIN, user }: Circumstances,
): Child {
  return spawn(process.execPath, [bin, ...args], {
    cwd,
    env: cleanEnv(env),
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Everything it printed, and how it ended. */
export function ended(child: Child): Promise<Run> {
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** Starts it, waits for its end, and may send it a signal once it has said something. */
export function runProgram(args: readonly string[], { onOutput, ...circumstances }: Watched): Promise<Run> {
  const child = startProgram(args, circumstances);
  let output = '';
  let isSignalled = false;
  // Once: a process that is ending has no handlers any more.
  const signal = (name: NodeJS.Signals) => {
    if (!isSignalled) child.kill(name);
    isSignalled = true;
  };
  const hear = (data: Buffer) => {
    output += data;
    onOutput?.(output, signal);
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', hear);
  return ended(child);
}

/** Ours without what npm and CI say of the run of the tests, and with an author for git. */
export function cleanEnv(changes: Record<string, string>): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|CI$|GIT_)/i.test(name));
  const author = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' };
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...author, ...committer, ...changes };
}
