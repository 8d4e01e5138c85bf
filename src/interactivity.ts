import type { Request } from './args.ts';
import type { World } from './world.ts';

/** Questions need somebody who sees them and can answer: both ends a terminal, and no word against it. */
export function isInteractive(run: Request['run'], world: World): boolean {
  if (run.has('yes') || run.has('no-interactive') || isContinuousIntegration(world.env.CI)) return false;
  return world.stdout.isTTY === true && world.stdin.isTTY === true;
}

const isContinuousIntegration = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
