import type { World } from '../world.ts';

/** The outcome of a step after the files were written. A failed one says how to finish by hand. */
export type StepResult =
  | { step: string; status: 'done'; note: string }
  | { step: string; status: 'skipped'; note: string }
  | { step: string; status: 'failed'; note: string; finish: string; output?: string };

/** What a step may use of the world. */
export interface StepWorld extends Pick<World, 'env' | 'signal' | 'force'> {
  /** Shows output of long programs as it arrives. Without it, output is kept and shown only if they fail. */
  show?: (text: string) => void;
}

export type Step = () => Promise<StepResult>;
