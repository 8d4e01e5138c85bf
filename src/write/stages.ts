import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Beside the target, so that the rename stays within one file system. Hidden, and named after who makes it. */
export function newStage(target: string): string {
  return join(dirname(target), `${stagePrefix(target)}${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** Removes what runs for the same target left behind when they were killed. */
export async function sweepStaleStages(target: string): Promise<void> {
  const parent = dirname(target);
  const prefix = stagePrefix(target);
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix)
      ? /^(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(parent, name));
  }
}

/** Loaded only where something has to go, which is when a run failed or was killed. */
export async function remove(path: string): Promise<void> {
  const { remove } = await import('fs-extra');
  await remove(path);
}

const stagePrefix = (target: string): string => `.${basename(target)}.stage-`;

/** Signal 0 only asks. EPERM means that there is such a process, of somebody else. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
