/** How sessions look from outside: times as ISO 8601, names as handles. */
import { absoluteExpiresAt, idleExpiresAt, reauthenticatedUntil, type SessionRecord } from '../session/clocks.ts';
import { handleOf } from '../session/keys.ts';
import type { ListedRecord } from '../session/store.ts';

/** The session's clocks. `idleExpiresAt` counts from the last written time, so it is never too late. */
export function sessionStatus(record: SessionRecord) {
  return {
    createdAt: new Date(record.content.createdAt),
    idleExpiresAt: new Date(idleExpiresAt(record)),
    absoluteExpiresAt: new Date(absoluteExpiresAt(record.content)),
    reauthenticatedUntil: new Date(reauthenticatedUntil(record.content)),
  };
}

/** A row of the list of sessions. Its id is the handle: it names a session and opens nothing. */
export function listedSession({ key, content, lastSeenAt }: ListedRecord, currentKey: string) {
  return {
    id: handleOf(key),
    createdAt: new Date(content.createdAt),
    lastSeenAt: new Date(lastSeenAt),
    userAgent: content.client.userAgent,
    ip: content.client.ip,
    current: key === currentKey,
  };
}
