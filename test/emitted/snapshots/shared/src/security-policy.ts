/**
 * Every number and name of this app's session policy, each once, with its unit and its reason.
 * Imports nothing, so that it can be read alone. SECURITY.md explains the choices; a test keeps both equal.
 */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

// --- the three clocks: OWASP ASVS 5.0 7.3.1 and 7.3.2, NIST SP 800-63B-4 sections 2.1.3 to 2.3.3 ---

/** A session nobody uses for this long ends. Raise it and an unattended browser stays signed in longer. */
export const IDLE_TIMEOUT_MS = 30 * MINUTE_MS;

/** A session ends this long after the password was last given, however busy it is: a stolen id has an end. */
export const ABSOLUTE_TIMEOUT_MS = 8 * HOUR_MS;

/** For this long after the password was given, dangerous actions need no second one (ASVS 7.5.2, 7.5.3). */
export const REAUTHENTICATION_WINDOW_MS = 10 * MINUTE_MS;

/**
 * Last-seen is written at most this often, so that a busy session costs reads and no writes. Idle counts from the
 * last written time: a session may end up to one interval early, never late.
 */
export const TOUCH_INTERVAL_MS = Math.min(MINUTE_MS, IDLE_TIMEOUT_MS / 20);

/** A visitor's session (a cart) holds nothing secret and is cheap to make again: it goes early. */
export const ANONYMOUS_IDLE_TIMEOUT_MS = Math.min(30 * MINUTE_MS, IDLE_TIMEOUT_MS);

/** More than a person has devices. One more sign-in ends the oldest session (ASVS 7.1.2). */
export const MAX_SESSIONS_PER_USER = 20;

// --- the cookie: ASVS 5.0 3.3.1 to 3.3.5, RFC 6265bis ---

/** The `__Host-` prefix makes browsers refuse this cookie unless it is Secure, host-only and for the path `/`. */
export const COOKIE_NAME = '__Host-id';

/** Never `none`. `strict` also withholds the cookie when a link from another site leads here. */
export const COOKIE_SAME_SITE: 'lax' | 'strict' = 'lax';

/** `session`: gone with the browser (NIST 5.1). `absolute`: kept on disk until the session's absolute limit. */
export const COOKIE_LIFETIME: 'session' | 'absolute' = 'session';

/** 256 random bits: nobody guesses an id (ASVS 7.2.3 asks for 128). */
export const SESSION_ID_BYTES = 32;

/** What a visitor gathered that crosses a login. Everything else in an anonymous session is dropped (fixation). */
export const KEPT_AT_LOGIN = ['cart'] as const;

// --- passwords: NIST SP 800-63B-4 section 3.1.1, ASVS 5.0 6.2 and 11.4.2 ---

/** In characters. NIST's minimum where a password is the only factor. */
export const PASSWORD_MIN_LENGTH = 15;

/** In characters. Bounds the work of hashing; nothing is ever cut off. */
export const PASSWORD_MAX_LENGTH = 128;

/** argon2id: 19 MiB, 2 passes, 1 lane (OWASP's first choice). Weaker hashes are renewed at the next login. */
export const PASSWORD_HASHING = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** At most this many hashes at once, then a queue, then 503 `busy`: a flood of logins must not stop the process. */
export const PASSWORD_HASHES_AT_ONCE = 2;
export const PASSWORD_HASH_QUEUE = 20;

// --- throttling: ASVS 5.0 6.3.1, NIST SP 800-63B-4 section 3.2.2 ---

/** `points` attempts at once; after that they come back one by one, all of them in `perMs` milliseconds. */
export interface Limit {
  readonly points: number;
  readonly perMs: number;
  /** Answers round up to it when to try again, so that they do not tell when the next point comes back. */
  readonly retryStepMs?: number;
}

/** Guessing one account from one address. By the day less than ACCOUNT_LIMIT: no address alone shuts the owner out. */
export const ACCOUNT_AND_ADDRESS_LIMIT: Limit = { points: 10, perMs: 15 * MINUTE_MS };
export const ACCOUNT_AND_ADDRESS_DAILY_LIMIT: Limit = { points: 20, perMs: DAY_MS };

/** Trying many accounts from one address (an IPv6 /64 counts as one address). */
export const ADDRESS_LIMIT: Limit = { points: 50, perMs: 15 * MINUTE_MS };

/** Guessing one account from many addresses. Spent, it shuts out new browsers until a point is back; never known ones. */
export const ACCOUNT_LIMIT: Limit = { points: 100, perMs: DAY_MS, retryStepMs: 15 * MINUTE_MS };

/** Guessing in a browser that is known for the account, and within a session. */
export const DEVICE_LIMIT: Limit = { points: 10, perMs: 15 * MINUTE_MS };
export const SESSION_LIMIT: Limit = { points: 10, perMs: 15 * MINUTE_MS };

/** Right passwords of one account: each costs a hash. */
export const LOGIN_LIMIT: Limit = { points: 100, perMs: 15 * MINUTE_MS };

/** New accounts from one address, and questions whether an address is registered. An office may share one. */
export const REGISTRATION_LIMIT: Limit = { points: 30, perMs: HOUR_MS };

/** By which a browser is known for an account. It signs nobody in. */
export const DEVICE_COOKIE_NAME = '__Host-device';

/** 90 days: who stays away longer signs in like anybody else. */
export const DEVICE_COOKIE_SECONDS = (90 * DAY_MS) / SECOND_MS;

/** New visitor sessions of one address: each costs the store a record. */
export const ANONYMOUS_SESSION_LIMIT: Limit = { points: 50, perMs: 15 * MINUTE_MS };

/** CSP reports taken in by one process: browsers send them in bursts, attackers without end. */
export const CSP_REPORT_LIMIT: Limit = { points: 60, perMs: MINUTE_MS };

// --- bounds on input and waiting ---

/** In bytes. The largest JSON body read. */
export const MAX_BODY_BYTES = 16 * 1024;

export const MAX_CART_LINES = 25;
export const MAX_CART_ITEMS = 50;

/** The longest that one call to the database may take; then the request gets a 503. */
export const DATABASE_DEADLINE_MS = 2 * SECOND_MS;

/** What clients may hold. These keep one process alive; what one address may open is for a proxy to limit. */
export const CONNECTION_LIMITS = {
  /** For the head of a request, and for the TLS handshake: a slow phone needs a second or two. */
  headersMs: 10 * SECOND_MS,
  /** For a whole request: MAX_BODY_BYTES over the slowest line. */
  requestMs: 20 * SECOND_MS,
  /** Nothing moves: an answer that nobody reads. Longer than any answer takes; raise it for streams of events. */
  silenceMs: 30 * SECOND_MS,
  /** At once, in a process: each costs some 100 kB. */
  connections: 1000,
  /** One after the other on a connection: then it is opened anew, and may reach another instance. */
  requestsEach: 1000,
  /** Sent before the answer to the first has come. Browsers never do. */
  pipelined: 10,
};

/** The longest a stopping process waits for requests under way. */
export const STOP_DEADLINE_MS = 10 * SECOND_MS;

/** Longer than a proxy keeps a connection (60 seconds by custom): it may be sending when we close one, and answers 502. */
export const PROXY_KEEP_ALIVE_MS = 75 * SECOND_MS;

/** Ended records are removed this often. The app checks every clock itself: this only collects garbage. */
export const CLEAN_UP_INTERVAL_MS = 10 * MINUTE_MS;

/** One year: what ASVS 3.4.1 asks of Strict-Transport-Security. Sent in production only. */
export const HSTS_MAX_AGE_SECONDS = (365 * DAY_MS) / SECOND_MS;
