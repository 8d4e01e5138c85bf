import type { Request } from './args.ts';
import type { World } from './world.ts';

/** Questions need somebody who sees them and can answer: both ends a terminal, and no word against it. */
export function isInteractive(run: Request['run'], { stdin, stdout, env }: World): boolean {
  if (run.has('yes') || run.has('no-interactive') || isContinuousIntegration(env.CI)) return false;
  return stdin.isTTY === true && stdout.isTTY === true;
}

const isContinuousIntegration = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
