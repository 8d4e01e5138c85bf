import fc from 'fast-check';

/**
 * The same cases in every ordinary run, so that a red run can be repeated and a green one means the same tomorrow.
 * `FUZZ_SEED=7 npx vitest run test/fuzz.test.ts` looks elsewhere.
 */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20_261_120) });
