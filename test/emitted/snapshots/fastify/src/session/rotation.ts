/**
 * The only calls to @fastify/session that begin, replace or end a session. lifecycle.ts says when.
 */
import type { FastifyRequest } from 'fastify';
import type { SessionContent } from './content.ts';

export type SessionRequest = FastifyRequest;

/** What the session of this request holds; null for a visitor without one. */
export function contentOf(request: SessionRequest): SessionContent | null {
  return request.session?.content ?? null;
}

export function sessionIdOf(request: SessionRequest): string {
  return request.session.sessionId;
}

/**
 * Puts a new session, under a new id, in the place of the request's own, and waits until the engine holds it.
 * The caller has ended the old one. For @fastify/session an empty cookie is one more visitor without a session:
 * its regenerate() would end the old session once more and store the new one while there is nothing in it yet.
 */
export async function startSession(request: SessionRequest, content: SessionContent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request.server.decryptSession('', request, (error) => (error ? reject(error) : resolve()));
  });
  request.session.content = content;
  await saveSession(request);
}

/** Waits until the engine holds what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession(request: SessionRequest): Promise<void> {
  await request.session.save();
}

/** From here on the request has no session: @fastify/session neither saves one nor sends a cookie for it. */
export function dropSession(request: SessionRequest): void {
  Reflect.deleteProperty(request, 'session');
}
