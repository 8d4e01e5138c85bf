import type { World } from '../world.ts';

/** What happened in a step after the files were written. A failed one says how to finish by hand. */
export type StepResult =
  | { step: string; status: 'done'; note: string }
  | { step: string; status: 'skipped'; note: string }
  | { step: string; status: 'failed'; note: string; finish: string };

/** What a step may use of the world. */
export type StepWorld = Pick<World, 'env' | 'signal'>;
