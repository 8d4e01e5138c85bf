import { createHash, createHmac } from 'node:crypto';

/** How many sessions each user has: what listing and ending them costs follows this number, and must follow no other. */
export const SESSIONS_PER_USER = 10;

export interface User {
  id: string;
  email: string;
}

export interface Session {
  /** The secret in the cookie; the generated store keeps its hash only. */
  id: string;
  key: string;
  user: User;
  content: object;
  lastSeenAt: number;
  expiresAt: number;
}

const HOUR_MS = 60 * 60 * 1000;
/** Those that the project of the bench is made with: longer than a run takes. */
export const TIME_OUTS = ['--idle-timeout', '12h', '--absolute-timeout', '24h', '--reauth-window', '12h'];
const IDLE_MS = 12 * HOUR_MS;

const CLIENT = {
  ip: '192.0.2.0',
  userAgent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
};

/** The same users and sessions in every run and every database, none of which is kept in memory. */
export class Population {
  readonly size: number;
  readonly users: number;
  readonly #begin = Date.now();
  readonly #idOfUser: (email: string) => string;

  /** @param idOfUser how the database at hand makes the id of a user */
  constructor(size: number, idOfUser: (email: string) => string) {
    this.size = size;
    this.users = Math.ceil(size / SESSIONS_PER_USER);
    this.#idOfUser = idOfUser;
  }

  user(index: number): User {
    const email = `user-${index % this.users}@example.com`;
    return { id: this.#idOfUser(email), email };
  }

  /**
   * Last-seen lies an hour ahead, so that no request is the one in a minute that writes it: at a small size, where the
   * same sessions are met again and again, fewer requests would.
   */
  session(index: number): Session {
    const id = digest(`session ${index}`);
    const user = this.user(index);
    const createdAt = this.#begin - ((index * 7919) % 3_600_000);
    const lastSeenAt = this.#begin + HOUR_MS;
    return {
      id,
      key: digest(id),
      user,
      content: {
        user: { id: user.id, credentialVersion: 1 },
        createdAt,
        renewedAt: createdAt,
        client: CLIENT,
      },
      lastSeenAt,
      expiresAt: lastSeenAt + IDLE_MS,
    };
  }

  random(): Session {
    return this.session(Math.floor(Math.random() * this.size));
  }

  othersOf({ user, id }: Session): Session[] {
    const first = Number(/\d+/.exec(user.email)?.[0]);
    const indexes = Array.from({ length: SESSIONS_PER_USER }, (_, n) => first + n * this.users);
    return indexes.map((index) => this.session(index)).filter((session) => session.id !== id);
  }

  *batches(from = 0, to = this.size, length = 5000): Generator<Session[]> {
    for (let begin = from; begin < to; begin += length) {
      yield Array.from({ length: Math.min(length, to - begin) }, (_, n) => this.session(begin + n));
    }
  }

  *userBatches(length = 5000): Generator<User[]> {
    for (let begin = 0; begin < this.users; begin += length) {
      yield Array.from({ length: Math.min(length, this.users - begin) }, (_, n) => this.user(begin + n));
    }
  }
}

/** As express-session signs it, on both sides. */
export function cookieOf(id: string): string {
  const signature = createHmac('sha256', SECRET).update(id).digest('base64').replace(/=+$/, '');
  return `__Host-id=${encodeURIComponent(`s:${id}.${signature}`)}`;
}

/** The published stores keep ids as they are; express-session's are this long. */
export const stockId = (id: string): string => id.slice(0, 32);

/** What express-session hands to a published store, for the cookie that the stock apps set. */
export function stockSession({ content }: Session): object {
  const cookie = {
    originalMaxAge: null,
    expires: null,
    secure: true,
    httpOnly: true,
    path: '/',
    sameSite: 'lax',
  };
  return { cookie, content };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

// --- internal ---

/** That of ../sessions/servers.ts and ../sessions/stock/project.ts. */
const SECRET = 'a secret of a bench that has thirty-two bytes or more';
