import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { userEnvironment } from '../../package/support/commands.ts';
import { median } from '../support/numbers.ts';

/** One command of the comparison; each run has a new folder. */
export interface Command {
  name: string;
  args: readonly string[];
}

export interface Result {
  name: string;
  milliseconds: number[];
  files: number;
  peakMegabytes: number;
}

/** Node's own modules do the work, so that no shell and no npm is in the figure. */
export function inTurn(node: string, commands: readonly Command[], runs: number, root: string): Result[] {
  const results = commands.map((command) => ({ command, milliseconds: [] as number[] }));
  for (let run = -1; run < runs; run += 1) {
    for (const { command, milliseconds } of results) {
      const { took } = once(node, command, root);
      if (run >= 0) milliseconds.push(took);
    }
  }
  return results.map(({ command, milliseconds }) => {
    const { files, peakMegabytes } = once(node, command, root, true);
    return { name: command.name, milliseconds, files, peakMegabytes };
  });
}

export const middle = ({ milliseconds }: Result): number => median(milliseconds);

// --- internal ---

const PEAK = resolve('test/bench/scaffold/peak-memory.cjs');

function once(node: string, { name, args }: Command, root: string, isWeighed = false) {
  const cwd = mkdtempSync(join(root, 'run-'));
  const peakFile = join(root, 'peak');
  const env = userEnvironment({ env: { BENCH_PEAK_FILE: peakFile } });
  const begin = performance.now();
  const { status, stderr } = spawnSync(node, [...(isWeighed ? ['--require', PEAK] : []), ...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
  });
  const took = performance.now() - begin;
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`);
  const files = readdirSync(cwd, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  rmSync(cwd, { recursive: true });
  return { took, files: files.length, peakMegabytes: isWeighed ? Number(readFileSync(peakFile, 'utf8')) : 0 };
}
