/**
 * How does somebody sign in? POST `begin` → the provider → the static page `/signed-in` → POST `finish`, so that no GET
 * ever begins a session, and the cookies of SameSite=Strict take part. What a sign-in has to remember is a ticket on
 * the server, redeemed before the provider is asked. Its key includes a secret that only this browser has: a query that
 * somebody else brought home (login CSRF) finds no ticket. One secret serves all tabs.
 */
import { randomBytes } from 'node:crypto';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Throttle } from '../protection/throttle.ts';
import { CLOCK_TOLERANCE_MS, SIGN_IN_COOKIE_NAME, SIGN_IN_LIFETIME_MS } from '../security-policy.ts';
import type { Client } from '../session/content.ts';
import { dropSession, type SessionRequest } from '../session/http.ts';
import type { Lifecycle, Proof } from '../session/lifecycle.ts';
import type { Tickets } from '../tickets.ts';
import type { User, Users } from '../users/accounts.ts';
import { type Claims, ProviderUnavailable, SignInRefused, verifiedEmail } from './answers.ts';
import type { BackChannel } from './back-channel.ts';
import type { Provider, Secrets } from './provider.ts';

/** What is kept of a sign-in between begin and finish. */
export interface SignInTicket extends Omit<Secrets, 'state'> {
  returnTo: string;
  /** By the wall clock, in milliseconds since 1970. */
  beganAt: number;
  /** Who must prove anew who they are. Absent for an ordinary sign-in. */
  userId?: string;
}

export interface SignIn {
  /**
   * @returns where the browser goes, and the cookie that binds the sign-in to it
   * @throws ApiError `unauthenticated`, `too_many_attempts`, `provider_unavailable`
   */
  begin(request: SessionRequest, input: { returnTo: string; again: boolean }, address: string): Promise<Begun>;
  /**
   * @param query what the provider sent the browser back with
   * @throws ApiError `invalid_input`, `sign_in_expired`, `sign_in_refused`, `sign_in_cancelled`, `provider_unavailable`
   */
  finish(request: SessionRequest, query: string, client: Client, address: string): Promise<Finished>;
  /** Where to sign out at the provider too, after our own session has ended. */
  logOutUrl(): Promise<string | null>;
}

type Begun = { continueAt: string; cookie?: string };
type Finished = { user: User; returnTo: string };

/** The one place for "only our organisation", such as `claims.hd === 'example.com'`. Now: everybody the provider knows. */
function mayJoin(_claims: Claims): boolean {
  return true;
}

interface Needs {
  provider: Provider;
  tickets: Tickets<SignInTicket>;
  backChannel: BackChannel;
  users: Users;
  lifecycle: Lifecycle;
  throttle: Throttle;
  now: () => number;
  log: Log;
}

export function createSignIn(needs: Needs): SignIn {
  const { provider, tickets, backChannel, users, lifecycle, throttle, now, log } = needs;

  /** The provider's reasons go to the log, and nowhere else. */
  function logged<T>(work: Promise<T>, where: { ip?: string }): Promise<T> {
    return work.catch((error: unknown) => {
      if (error instanceof SignInRefused) {
        log.warn({ event: 'authn_login_fail', ...where, reason: error.reason }, 'what the provider sent was refused');
      }
      if (error instanceof ProviderUnavailable) {
        log.error({ event: 'sys_provider_unavailable', reason: error.reason }, 'the provider did not answer');
      }
      throw error;
    });
  }

  /** A new session, or the same under a new id. The user is read before: what raises the version ends this sign-in. */
  async function accept(request: SessionRequest, ticket: SignInTicket, claims: Claims, client: Client): Promise<User> {
    const { iss, sid } = claims;
    const isNew = ticket.userId === undefined;
    const user: User = isNew ? await userOf(claims) : provenAgain(request.currentUser, ticket, claims);
    if (sid !== undefined) await backChannel.noteSignIn(iss, sid, user.id);
    const proof = proofOf(claims, now());
    if (isNew) await lifecycle.logIn(request, user, client, proof);
    else await lifecycle.regenerateAfterReauthentication(request, user, proof);
    const hasEnded: boolean = await backChannel.hasEnded(claims, ticket.beganAt).catch((error: unknown) => {
      dropSession(request); // a cookie must not be sent with a 503
      throw error;
    });
    if (!hasEnded) return user;
    await lifecycle.logOut(request);
    throw new SignInRefused('the provider has signed the user out meanwhile');
  }

  async function userOf(claims: Claims): Promise<User> {
    if (!mayJoin(claims)) throw new SignInRefused('not one of ours');
    const user: User = await users.findOrCreate(claims.iss, claims.sub, verifiedEmail(claims));
    if (user.disabled) throw new SignInRefused('the account is disabled');
    return user;
  }

  return {
    async begin(request, { returnTo, again }, address) {
      const { currentUser, headers } = request;
      if (again && !currentUser) throw new ApiError('unauthenticated');
      // The provider leads back to the first origin, and the cookie of another does not go there.
      if (headers.origin !== undefined && headers.origin !== provider.origin) {
        return { continueAt: `${provider.origin}/login` };
      }
      await throttle.limitSignIns(address);
      const browser = browserSecret(headers.cookie) ?? newSecret();
      const secrets = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() };
      const continueAt: string = await logged(provider.authorizationUrl(secrets, again), {});
      const { state, ...kept } = secrets;
      const ticket: SignInTicket = { ...kept, returnTo, beganAt: Date.now() };
      if (again && currentUser) ticket.userId = currentUser.id;
      await tickets.issue(`${browser}:${state}`, ticket);
      return { continueAt, cookie: cookieWith(browser) };
    },

    async finish(request, query, client, address) {
      const parameters = new URLSearchParams(query);
      const [state = '', ...others] = parameters.getAll('state');
      if (!state || others.length > 0) throw new ApiError('invalid_input', { detail: 'query: needs one state' });
      const browser = browserSecret(request.headers.cookie);
      const ticket: SignInTicket | null = browser ? await tickets.redeem(`${browser}:${state}`) : null;
      if (!ticket) throw new ApiError('sign_in_expired');
      const identified = provider.identify(parameters, { ...ticket, state });
      const accepted = identified.then((claims) => accept(request, ticket, claims, client));
      const user: User = await logged(accepted, { ip: address });
      log.info({ event: 'authn_login_success', user: user.id, ip: address }, 'the provider vouches for the user');
      return { user, returnTo: ticket.returnTo };
    },

    logOutUrl: () => provider.logOutUrl(),
  };
}

/** Who proved again who they are. What asks for it goes through the browser, so it is believed by `auth_time` alone. */
function provenAgain(user: User | null | undefined, { userId, beganAt }: SignInTicket, claims: Claims): User {
  if (!user || user.id !== userId || user.issuer !== claims.iss || user.subject !== claims.sub) {
    throw new SignInRefused('somebody else');
  }
  const provenAt = provenTime(claims);
  if (provenAt === null || provenAt < beganAt - CLOCK_TOLERANCE_MS) throw new SignInRefused('no new proof');
  return user;
}

/** An age is taken over, not a time: the app's clock need not be the provider's. Without a usable one, long ago. */
function proofOf(claims: Claims, now: number): Proof {
  const provenAt = provenTime(claims);
  const authenticatedAt = provenAt === null ? 0 : now - Math.max(0, Date.now() - provenAt);
  return { authenticatedAt, ...(claims.sid !== undefined && { sid: claims.sid }) };
}

/** In milliseconds since 1970, by the wall clock; null when it is not said, or in the future. */
function provenTime({ auth_time: seconds }: Claims): number | null {
  return seconds === undefined || seconds * 1000 > Date.now() + CLOCK_TOLERANCE_MS ? null : seconds * 1000;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What this browser was given at an earlier begin; null for anything else. */
function browserSecret(cookies = ''): string | null {
  return new RegExp(`(?:^|; *)${SIGN_IN_COOKIE_NAME}=([\\w-]{43})(?:;|$)`).exec(cookies)?.[1] ?? null;
}

/** Strict: it is only needed by requests of our own pages. `__Host-`: no other host can plant one. */
function cookieWith(secret: string): string {
  const seconds = SIGN_IN_LIFETIME_MS / 1000;
  return `${SIGN_IN_COOKIE_NAME}=${secret}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}
