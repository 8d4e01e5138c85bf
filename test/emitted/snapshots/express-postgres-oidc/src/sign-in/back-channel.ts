/**
 * What ends here when a session at the provider ends (OpenID Connect Back-Channel Logout)? A logout token may name a
 * session of the provider that we know by no user, or overtake the sign-in it ends. So each sign-in notes its session
 * there, and each logout notes what it ended; a sign-in looks for that after its session is made. Whichever comes second
 * ends the session. The notes lie among the session records, so all instances see them.
 */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { readText } from '../protection/cross-site.ts';
import { ABSOLUTE_TIMEOUT_MS, SIGN_IN_LIFETIME_MS } from '../security-policy.ts';
import type { SessionRecord } from '../session/clocks.ts';
import { keyOf, type SessionRecords, type SessionStore } from '../session/store.ts';
import { contentOf, valueIn } from '../tickets.ts';
import type { User, Users } from '../users/accounts.ts';
import { type Claims, type LogoutClaims, SignInRefused } from './answers.ts';
import type { Provider } from './provider.ts';

export interface BackChannel {
  /** Notes who signs in in a session of the provider. */
  noteSignIn(issuer: string, sid: string, userId: string): Promise<void>;
  /** Whether a sign-in that began at that time was ended while it was under way. A `sid` that ended never comes back. */
  hasEnded(identity: Claims, beganAt: number): Promise<boolean>;
  /**
   * Ends what the logout token in a request names. False when there is none that proves anything.
   * @throws ApiError `unsupported_media_type`, `too_large`, `provider_unavailable`; DatabaseUnavailable
   */
  logOut(request: IncomingMessage): Promise<boolean>;
}

interface Needs {
  provider: Provider;
  records: SessionRecords;
  users: Users;
  store: SessionStore;
  now: () => number;
  log: Log;
}

export function createBackChannel({ provider, records, users, store, now, log }: Needs): BackChannel {
  const keyFor = (kind: 'user' | 'ended-session' | 'ended-subject', issuer: string, name: string) =>
    keyOf(`provider-${kind}:${issuer} ${name}`);

  async function read<Note>(key: string): Promise<Note | null> {
    const record: SessionRecord | null = await records.read(key);
    return record && valueIn<{ note: Note }>(record).note;
  }

  async function write(key: string, note: string | number, lifetimeMs: number): Promise<void> {
    const record = { content: contentOf({ note }), lastSeenAt: now() };
    const expiresAt = now() + lifetimeMs;
    const isKnown: boolean = await records.touch(key, now(), expiresAt);
    if (isKnown) {
      await records.update(key, record.content);
      return;
    }
    try {
      await records.insert(key, record, expiresAt);
    } catch (error) {
      const other: SessionRecord | null = await records.read(key); // two that note something at once note the same
      if (!other) throw error;
    }
  }

  async function end({ iss, sub, sid }: LogoutClaims): Promise<void> {
    const key = sid === undefined ? keyFor('ended-subject', iss, sub ?? '') : keyFor('ended-session', iss, sid);
    await write(key, Date.now(), SIGN_IN_LIFETIME_MS);
    const known: User | null = sub === undefined ? null : await users.findByIdentity(iss, sub);
    const userId = sub === undefined ? await read<string>(keyFor('user', iss, sid ?? '')) : known?.id;
    if (!userId) return;
    if (sid !== undefined) {
      await store.endByProviderSession(userId, sid);
    } else {
      await users.raiseCredentialVersion(userId);
      await store.endByUser(userId);
    }
    log.info({ event: 'session_revoked', user: userId }, 'the provider signed the user out');
  }

  return {
    noteSignIn: (issuer, sid, userId) => write(keyFor('user', issuer, sid), userId, ABSOLUTE_TIMEOUT_MS),

    async hasEnded({ iss, sub, sid }, beganAt) {
      const session: number | null = sid === undefined ? null : await read(keyFor('ended-session', iss, sid));
      const subject: number | null = await read(keyFor('ended-subject', iss, sub));
      return session !== null || (subject ?? 0) >= beganAt;
    },

    async logOut(request) {
      const token: string | null = await tokenIn(request);
      if (!token) return false;
      const claims: LogoutClaims | null = await provider.readLogoutToken(token).catch((error: unknown) => {
        if (!(error instanceof SignInRefused)) throw error;
        log.warn({ event: 'authn_logout_token_fail', reason: error.reason }, 'a logout token was refused');
        return null;
      });
      if (!claims) return false;
      await end(claims);
      return true;
    },
  };
}

/** The only form that the app takes; null when there is not exactly one token in it. */
async function tokenIn(request: IncomingMessage): Promise<string | null> {
  const isForm = /^application\/x-www-form-urlencoded *(;|$)/i.test(request.headers['content-type'] ?? '');
  if (!isForm) throw new ApiError('unsupported_media_type');
  const text: string = await readText(request);
  const tokens = new URLSearchParams(text).getAll('logout_token');
  return tokens.length === 1 ? (tokens[0] ?? null) : null;
}
