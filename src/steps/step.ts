import type { World } from '../world.ts';

/** What happened in a step after the files were written. A failed one says how to finish by hand. */
export type StepResult =
  | { step: string; status: 'done'; note: string }
  | { step: string; status: 'skipped'; note: string }
  | { step: string; status: 'failed'; note: string; finish: string; output?: string };

/** What a step may use of the world. */
export interface StepWorld extends Pick<World, 'env' | 'signal'> {
  /** What long programs print is shown as it comes, or kept and shown when they fail. */
  output?: 'shown' | 'kept';
}

export type Step = () => Promise<StepResult>;
