/** Random choices that can be made again: a failure tells its seed, and `SEED=… npm test` repeats it. */

export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

export type Random = ReturnType<typeof randomFrom>;

/** "mulberry32": small, and good enough to choose between cases. Never for secrets. */
export function randomFrom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** A whole number from 0 up to and without `end`. */
    below: (end: number): number => Math.floor(next() * end),
    oneOf: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T,
  };
}
