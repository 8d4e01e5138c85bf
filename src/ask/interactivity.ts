import type { World } from '../world.ts';
import type { Request } from './args.ts';

/** Prompts need a terminal at both ends, and no flag or variable that turns them off. */
export function isInteractive(run: Request['run'], world: World): boolean {
  if (SILENT.some((flag) => run.has(flag)) || isContinuousIntegration(world.env.CI)) return false;
  return world.stdout.isTTY === true && world.stdin.isTTY === true;
}

const SILENT = ['yes', 'no-interactive', 'json', 'explain'] as const;

const isContinuousIntegration = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
