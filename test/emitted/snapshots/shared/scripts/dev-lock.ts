import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Lets one `npm run dev` of a project run at a time: two would open the same data. A file left by a process that is
 * gone is taken over. Ends the process with exit code 1 when another one runs.
 * @returns gives the place free
 */
export function holdLock(file: string): () => void {
  const holder = readHolder(file);
  if (holder !== null && isRunning(holder)) {
    console.error(`npm run dev runs already in this project (process ${holder}).`);
    process.exit(1);
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8')) || null;
  } catch {
    return null; // Nobody holds it.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
