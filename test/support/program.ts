import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

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
  /** Called with everything printed so far, whenever there is more. */
  onOutput?: (output: string, signal: (name: NodeJS.Signals) => void) => void;
}

/** Runs the built program as a user's shell does, without a terminal and with stdin closed. */
export function runProgram(
  args: readonly string[],
  { cwd, env = {}, bin = BIN, user = {} as Circumstances['user'], onOutput }: Circumstances,
): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: cleanEnv(env),
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let isSignalled = false;
    // Once: a process that is ending has no handlers any more.
    const signal = (name: NodeJS.Signals) => {
      if (!isSignalled) child.kill(name);
      isSignalled = true;
    };
    const heard = () => onOutput?.(stdout + stderr, signal);
    child.stdout.on('data', (data) => {
      stdout += data;
      heard();
    });
    child.stderr.on('data', (data) => {
      stderr += data;
      heard();
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** Ours without what npm and CI say of the run of the tests, and with an author for git. */
export function cleanEnv(changes: Record<string, string>): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|CI$|GIT_)/i.test(name));
  const author = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' };
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...author, ...committer, ...changes };
}
