/**
 * When does a session end? Pure rules; all times are milliseconds since 1970 and `now` is always passed in.
 * These functions decide; the database's own expiry only collects garbage.
 */
import * as policy from '../security-policy.ts';
import type { SessionContent } from './content.ts';

/** A session as the database has it: its content and when it was last used. */
export interface SessionRecord {
  content: SessionContent;
  lastSeenAt: number;
}

export function idleExpiresAt({ content, lastSeenAt }: SessionRecord): number {
  return lastSeenAt + (content.user ? policy.IDLE_TIMEOUT_MS : policy.ANONYMOUS_IDLE_TIMEOUT_MS);
}

/** Activity never moves this one; only confirming the password does. */
export function absoluteExpiresAt(content: SessionContent): number {
  return content.renewedAt + policy.ABSOLUTE_TIMEOUT_MS;
}

/** When the record has no more use: the database's time-to-live. */
export function expiresAt(record: SessionRecord): number {
  return Math.min(idleExpiresAt(record), absoluteExpiresAt(record.content));
}

export function isLive(record: SessionRecord, now: number): boolean {
  return now < expiresAt(record);
}

export function reauthenticatedUntil(content: SessionContent): number {
  return content.renewedAt + policy.REAUTHENTICATION_WINDOW_MS;
}

export function isRecentlyAuthenticated(content: SessionContent, now: number): boolean {
  return now < reauthenticatedUntil(content);
}

/** Last-seen is old enough to be written again. */
export function isDueForTouch(lastSeenAt: number, now: number): boolean {
  return now - lastSeenAt >= policy.TOUCH_INTERVAL_MS;
}
