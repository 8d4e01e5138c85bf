/**
 * What a session holds, for every kind of session. It is written to the engine as JSON.
 * Roles, the disabled flag and the like do not belong here: they are read from the user record on each request,
 * so that a change takes effect at once (ASVS 8.3.2).
 */
import { KEPT_AT_LOGIN } from '../security-policy.ts';

export interface CartItem {
  sku: string;
  quantity: number;
}

/** Who is using the session, for the list of sessions that a user sees. The address is cut short (/24, /48). */
export interface Client {
  ip: string;
  userAgent: string;
}

export interface SessionContent {
  /** Absent while the visitor is anonymous. The version is the one read before the password was verified. */
  user?: { id: string; credentialVersion: number };
  /** The sign-in, or for a visitor the first write. Re-authentication keeps it. */
  createdAt: number;
  /** The last time a password was given: the absolute limit and the re-authentication window run from here. */
  renewedAt: number;
  client: Client;
  cart?: CartItem[];
}

/**
 * What crosses a login: an allow-list, and only from an anonymous session. What one signed-in user left never
 * reaches the next, and what an attacker planted before the login is gone.
 */
export function keptAtLogin(before: SessionContent | null): Pick<SessionContent, (typeof KEPT_AT_LOGIN)[number]> {
  if (!before || before.user) return {};
  return Object.fromEntries(KEPT_AT_LOGIN.map((name) => [name, before[name]]));
}
