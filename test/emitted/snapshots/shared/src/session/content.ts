/**
 * What does a session hold, and how much of it may be shown? Roles, the disabled flag and the like do not belong here:
 * they are read from the user record on each request, so that a change takes effect at once (ASVS 8.3.2).
 */
import { KEPT_AT_LOGIN } from '../security-policy.ts';
import { absoluteExpiresAt, idleExpiresAt, reauthenticatedUntil, type SessionRecord } from './clocks.ts';

export interface CartItem {
  sku: string;
  quantity: number;
}

/** Who is using the session, for the list of sessions that a user sees. The address is truncated (/24, /48). */
export interface Client {
  ip: string;
  userAgent: string;
}

/** The database keeps it as JSON. */
export interface SessionContent {
  /** Absent for a visitor. The version is the one read before the password was verified. */
  user?: { id: string; credentialVersion: number };
  /** The sign-in, or for a visitor the first write. Re-authentication keeps it. */
  createdAt: number;
  /** The last time the password was given: the absolute limit and the re-authentication window run from here. */
  renewedAt: number;
  client: Client;
  cart?: CartItem[];
}

/**
 * What crosses a login: an allow-list, and only from an anonymous session. So nothing that one user left reaches the
 * next one, and nothing that an attacker planted before the login survives it.
 */
export function keptAtLogin(before: SessionContent | null): Pick<SessionContent, (typeof KEPT_AT_LOGIN)[number]> {
  if (!before || before.user) return {};
  return Object.fromEntries(KEPT_AT_LOGIN.map((name) => [name, before[name]]));
}

/** The clocks of a session. `idleExpiresAt` counts from the last written time, so it is never too late. */
export function sessionClocks(record: SessionRecord) {
  return {
    createdAt: new Date(record.content.createdAt),
    idleExpiresAt: new Date(idleExpiresAt(record)),
    absoluteExpiresAt: new Date(absoluteExpiresAt(record.content)),
    reauthenticatedUntil: new Date(reauthenticatedUntil(record.content)),
  };
}

/** A row in the user's list of sessions. Its id is the handle: it names a session and opens nothing. */
export function listedSession(handle: string, { content, lastSeenAt }: SessionRecord, current: boolean) {
  return {
    id: handle,
    createdAt: new Date(content.createdAt),
    lastSeenAt: new Date(lastSeenAt),
    userAgent: content.client.userAgent,
    ip: content.client.ip,
    current,
  };
}
