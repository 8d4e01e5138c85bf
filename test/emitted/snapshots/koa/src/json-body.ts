/**
 * Reads a JSON body to `ctx.request.body`. By co-body, the parser inside koa-bodyparser and @koa/bodyparser: the one
 * has no types for `onProtoPoisoning`, the other does not hand it on.
 */
import { json } from 'co-body';
import type { Middleware } from 'koa';
import { Problem, type ProblemCode } from './problems.ts';
import { MAX_BODY_BYTES } from './security-policy.ts';

const PROBLEMS: Record<number, ProblemCode> = { 413: 'too_large', 415: 'unsupported_media_type' };

/** @param types the media types that are read; another body is left alone */
export function jsonBody(types = ['application/json']): Middleware {
  return async (ctx, next) => {
    if (ctx.is(types)) {
      // The error is not kept: co-body notes the body in it, with a password maybe.
      ctx.request.body = await json(ctx.req, { limit: MAX_BODY_BYTES, onProtoPoisoning: 'remove' }).catch((error) => {
        throw new Problem(PROBLEMS[error.status] ?? 'invalid_json');
      });
    }
    await next();
  };
}
