import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A hidden folder beside the target, so that the rename stays within one file system. The name contains our pid. */
export function newStage(target: string): string {
  return join(dirname(target), `${stagePrefix(target)}${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** Removes the stages that killed runs for the same target left behind. */
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

/**
 * Where that works: what cannot be removed, such as another user's stage in a shared folder, stops no run and hides no
 * error. fs-extra is loaded only when something has to be removed, after a failed or killed run.
 */
export async function remove(path: string): Promise<void> {
  const { remove } = await import('fs-extra');
  await remove(path).catch(() => {});
}

const stagePrefix = (target: string): string => `.${basename(target)}.stage-`;

/** Signal 0 only checks. EPERM means that the process exists and belongs to another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
