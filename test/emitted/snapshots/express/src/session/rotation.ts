/**
 * The only calls to express-session that begin, replace or end a session. lifecycle.ts says when.
 */
import type { Request } from 'express';
import type { Session } from 'express-session';
import { COOKIE_LIFETIME } from '../security-policy.ts';
import { absoluteExpiresAt } from './clocks.ts';
import type { SessionContent } from './content.ts';

export type SessionRequest = Request;

/** What the session of this request holds; null for a visitor without one. */
export function contentOf(request: SessionRequest): SessionContent | null {
  const session: Partial<SessionContent> | undefined = request.session;
  return session && hasContent(session) ? session : null;
}

export function sessionIdOf(request: SessionRequest): string {
  return request.sessionID;
}

/**
 * Puts a new session, under a new id, in the place of the request's own, and waits until the engine holds it.
 * The caller has ended the old one: express-session's regenerate() would do that too, but does not say whether
 * there was one left to end.
 */
export async function startSession(request: SessionRequest, content: SessionContent): Promise<void> {
  request.sessionStore.generate(request);
  Object.assign(request.session, content);
  await saveSession(request);
  keepExpires(request.session);
}

/** Waits until the engine holds what was written. @throws SessionEnded when the session was ended meanwhile */
export async function saveSession(request: SessionRequest): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      request.session.save((error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    dropSession(request);
    throw error;
  }
}

/** From here on the request has no session: express-session neither saves one nor sends a cookie for it. */
export function dropSession(request: SessionRequest): void {
  Reflect.deleteProperty(request, 'session');
}

/**
 * Gives a persistent cookie the end of its session, and takes away express-session's touch(), which would move
 * Expires with each answer.
 */
export function keepExpires(session: Session & Partial<SessionContent>): void {
  if (COOKIE_LIFETIME !== 'absolute' || !hasContent(session) || !session.user) return;
  session.cookie.expires = new Date(absoluteExpiresAt(session));
  Object.defineProperty(session, 'touch', { value: () => session });
}

function hasContent(session: Partial<SessionContent>): session is SessionContent {
  return session.renewedAt !== undefined;
}
