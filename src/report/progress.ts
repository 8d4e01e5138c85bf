import type { Step, StepResult } from '../steps/step.ts';
import type { World } from '../world.ts';

const FRAMES = ['◐', '◓', '◑', '◒'];
const FRAME_MS = 150;
const ERASE_LINE = '\r\u001B[2K';

/** Animates only in a terminal that can erase a line, and not in CI. */
export const isAnimated = ({ stdout, env }: Pick<World, 'stdout' | 'env'>): boolean =>
  stdout.isTTY === true && env.TERM !== 'dumb' && !env.CI;

/** Shows a line with a spinner and the seconds while a step runs, and erases it at the end. */
export async function spin(label: string, step: Step, stdout: World['stdout']): Promise<StepResult> {
  const started = Date.now();
  let frame = 0;
  const draw = () => {
    const seconds = Math.floor((Date.now() - started) / 1000);
    const line = `${FRAMES[frame++ % FRAMES.length]} ${label} … ${seconds} s`;
    // A wrapped line cannot be erased.
    stdout.write(ERASE_LINE + line.slice(0, (stdout.columns ?? 80) - 1));
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  try {
    return await step();
  } finally {
    clearInterval(timer);
    stdout.write(ERASE_LINE);
  }
}
