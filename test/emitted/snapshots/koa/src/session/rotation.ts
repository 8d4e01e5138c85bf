/**
 * The only places where a request's session begins, is saved or ends. lifecycle.ts says when.
 */
import type { ExtendableContext } from 'koa';
import type { SessionContent } from './content.ts';
import { newSessionId } from './keys.ts';
import { SessionEnded } from './store.ts';

export type SessionRequest = Pick<ExtendableContext, 'session' | 'sessionStore'>;

/** What the session of this request holds; null for a visitor without one. */
export function contentOf({ session }: SessionRequest): SessionContent | null {
  return session?.content ?? null;
}

export function sessionIdOf({ session }: SessionRequest): string {
  return session?.id ?? '';
}

/**
 * Puts a new session, under a new id, in the place of the request's own, and waits until the engine holds it.
 * The caller has ended the old one.
 */
export async function startSession(request: SessionRequest, content: SessionContent): Promise<void> {
  const id = newSessionId();
  await request.sessionStore.save(id, content);
  request.session = { id, content, isNew: true };
}

/** Waits until the engine holds what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession({ session, sessionStore }: SessionRequest): Promise<void> {
  if (!session) throw new SessionEnded();
  await sessionStore.save(session.id, session.content);
}

/** From here on the request has no session, and its answer no cookie. */
export function dropSession(request: SessionRequest): void {
  request.session = null;
}
