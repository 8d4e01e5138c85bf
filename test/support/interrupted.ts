import { spawn } from 'node:child_process';
import { watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fakeProgram, INSTALLS } from './fake-program.ts';
import { cleanEnv, ended, type Run, startProgram } from './program.ts';
import { temporaryDirectory } from './temporary.ts';

/** Runs a script in which $1 is Node and $2 the program, for what only a shell can do. */
export function bash(bin: string, cwd: string, script: string): Promise<Run> {
  const args = ['-c', script, 'bash', process.execPath, bin];
  return ended(spawn('bash', args, { cwd, env: cleanEnv({}), stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Sends the signal as soon as a program is at work that would never end by itself: with any arguments, or such a first. */
export async function interrupted(
  bin: string,
  cwd: string,
  [program, first]: readonly [program: string, first?: string],
  args: string[],
  name: NodeJS.Signals,
  env: Record<string, string> = {},
): Promise<Run> {
  const folder = temporaryDirectory();
  const hang = `require('node:fs').writeFileSync('npm.pid', String(process.pid)); require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'started'))}, ''); setInterval(() => {}, 1000);`;
  fakeProgram(
    folder,
    program,
    first ? `if (process.argv[2] === '${first}') { ${hang} } else ${INSTALLS}` : hang,
  );
  const child = startProgram(args, { bin, cwd, env: { ...env, PATH: `${folder}:${process.env.PATH}` } });
  const watcher = watch(folder, () => {
    watcher.close();
    child.kill(name);
  });
  return ended(child);
}

/** Sends a signal as soon as the stage is there, which is when writing begins, or a little later. */
export async function signalledWhileWriting(
  bin: string,
  cwd: string,
  args: readonly string[],
  name: NodeJS.Signals,
  delayMs = 0,
): Promise<Run> {
  const child = startProgram(args, { bin, cwd });
  const watcher = watch(cwd, () => {
    watcher.close();
    if (delayMs === 0) child.kill(name);
    else setTimeout(() => child.kill(name), delayMs);
  });
  return ended(child);
}

/** For a STUBBORN program: when it is at work, and when it has ignored that. */
export function signalledTwice(
  args: readonly string[],
  circumstances: Parameters<typeof startProgram>[1],
  name: NodeJS.Signals = 'SIGTERM',
): Promise<Run> {
  const child = startProgram(args, circumstances);
  const said = ['at work', 'ignored'];
  child.stderr.on('data', (data) => {
    if (said[0] && String(data).includes(said[0]) && said.shift()) child.kill(name);
  });
  return ended(child);
}

/** Ten of the same, with an npm that is at work until nine of them have ended. */
export async function tenAtOnce(bin: string, cwd: string, args: readonly string[]): Promise<Run[]> {
  const folder = temporaryDirectory();
  fakeProgram(
    folder,
    'npm',
    `${INSTALLS}
    const { existsSync, watch } = require('node:fs');
    const isOver = () => existsSync(${JSON.stringify(join(folder, 'over'))});
    const watcher = watch(${JSON.stringify(folder)}, () => isOver() && watcher.close());
    if (isOver()) watcher.close();`,
  );
  const end = () => writeFileSync(join(folder, 'over'), '');
  onTestFinished(end);
  const env = { PATH: `${folder}:${process.env.PATH}` };
  let running = 10;
  return Promise.all(
    Array.from({ length: running }, async () => {
      const run = await ended(startProgram(args, { bin, cwd, env }));
      if (--running === 1) end();
      return run;
    }),
  );
}
