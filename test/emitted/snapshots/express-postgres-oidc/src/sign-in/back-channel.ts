/**
 * What ends here when a session at the provider ends (OpenID Connect Back-Channel Logout)? A logout token may name a
 * session of the provider that we know by no user, or overtake the sign-in it ends. So the provider's session is noted
 * at sign-in and each ending is noted too; a sign-in looks for one after its session is made. Whichever comes second
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
import { type LogoutClaims, SignInRefused } from './answers.ts';
import type { Provider } from './provider.ts';

export interface BackChannel {
  /** Notes who signs in in a session of the provider. */
  noteSignIn(issuer: string, sid: string, userId: string): Promise<void>;
  /** Whether a sign-in that began at that time was ended while it was under way. A `sid` that ended never comes back. */
  hasEnded(identity: { iss: string; sub: string; sid?: string | undefined }, beganAt: number): Promise<boolean>;
  /**
   * Ends what the logout token in a request names. False when there is none that proves anything.
   * @throws ApiError `unsupported_media_type`, `too_large`, `provider_unavailable`; DatabaseUnavailable
   */
  logOut(request: IncomingMessage): Promise<boolean>;
}

interface Note {
  userId?: string;
  /** By the wall clock, in milliseconds since 1970. */
  endedAt?: number;
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
  const sessionKey = (issuer: string, sid: string) => keyOf(`provider-session:${issuer} ${sid}`);
  const subjectKey = (issuer: string, subject: string) => keyOf(`provider-subject:${issuer} ${subject}`);

  async function read(key: string): Promise<Note | null> {
    const record: SessionRecord | null = await records.read(key);
    return record && valueIn<{ note: Note }>(record).note;
  }

  /** False when there is one already. */
  async function insert(key: string, note: Note, lifetimeMs: number): Promise<boolean> {
    try {
      await records.insert(key, { content: contentOf({ note }), lastSeenAt: now() }, now() + lifetimeMs);
      return true;
    } catch (error) {
      const known: Note | null = await read(key);
      if (!known) throw error;
      return false;
    }
  }

  /** Returns what was noted before. */
  async function noteEnd(key: string): Promise<Note | null> {
    const ended = { endedAt: Date.now() };
    const isNew: boolean = await insert(key, ended, SIGN_IN_LIFETIME_MS);
    if (isNew) return null;
    const note: Note | null = await read(key);
    await records.update(key, contentOf({ note: { ...note, ...ended } }));
    return note;
  }

  async function end({ iss, sub, sid }: LogoutClaims): Promise<void> {
    const key = sid === undefined ? subjectKey(iss, sub ?? '') : sessionKey(iss, sid);
    const note: Note | null = await noteEnd(key);
    if (sid === undefined) await records.touch(key, now(), now() + SIGN_IN_LIFETIME_MS);
    const known: User | null = sub === undefined ? null : await users.findByIdentity(iss, sub);
    const userId = sub === undefined ? note?.userId : known?.id;
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
    async noteSignIn(issuer, sid, userId) {
      const key = sessionKey(issuer, sid);
      const isKnown: boolean = await records.touch(key, now(), now() + ABSOLUTE_TIMEOUT_MS);
      if (!isKnown) await insert(key, { userId }, ABSOLUTE_TIMEOUT_MS);
    },

    async hasEnded({ iss, sub, sid }, beganAt) {
      const session: Note | null = sid === undefined ? null : await read(sessionKey(iss, sid));
      const subject: Note | null = await read(subjectKey(iss, sub));
      return session?.endedAt !== undefined || (subject?.endedAt ?? 0) >= beganAt;
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
