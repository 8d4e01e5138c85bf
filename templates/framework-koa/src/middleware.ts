/** What do Koa's types lack? */
import type { Json } from './protection/cross-site.ts';

/**
 * What a middleware calls to go on. Koa's own type would do, but the linter does not see that it is a promise, and
 * would let a forgotten `await` or `return` pass: the answer would leave before the rest has run.
 */
export type Next = () => Promise<unknown>;

declare module 'koa' {
  interface Request {
    /** As it was sent: input.ts checks it. */
    body?: Json;
  }
}
