/** What does Koa lack? A parser of JSON bodies, and a type of `next` that the linter understands. */
import { json } from 'co-body';
import type { Context, Middleware } from 'koa';
import { ApiError, type ErrorCode } from './errors.ts';
import { MAX_BODY_BYTES } from './security-policy.ts';

/**
 * Koa's own type would do, but the linter does not see that it is a promise, and would let a forgotten `await` or
 * `return` pass: the answer would leave before the rest has run.
 */
export type Next = () => Promise<unknown>;

declare module 'koa' {
  interface Request {
    /** As it was sent: input.ts checks it. */
    body?: Record<string, unknown>;
  }
}

declare module 'co-body' {
  interface Options {
    onProtoPoisoning?: 'error' | 'remove' | 'ignore';
  }
}

const ERRORS: Record<number, ErrorCode> = { 413: 'too_large', 415: 'unsupported_media_type' };

/**
 * Reads a JSON body to `ctx.request.body`, by co-body, the parser inside koa-bodyparser and @koa/bodyparser: the one has
 * no types for `onProtoPoisoning`, the other does not hand it on.
 * @param types the media types that are read; another body is left alone
 */
export function jsonBody(types: string[] = ['application/json']): Middleware {
  return async (ctx: Context, next: Next) => {
    if (ctx.is(types)) {
      // The error is not kept: co-body notes the body in it, with a password maybe.
      ctx.request.body = await json(ctx.req, { limit: MAX_BODY_BYTES, onProtoPoisoning: 'remove' }).catch((error) => {
        throw new ApiError(ERRORS[error.status] ?? 'invalid_json');
      });
    }
    return next();
  };
}
