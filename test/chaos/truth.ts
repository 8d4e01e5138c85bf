/**
 * What is true of every session, and which answers contradict it? Whoever sends requests says what was sent and what
 * was acknowledged; times are milliseconds and are passed in. An answer is judged by what was known when its request
 * left and when it arrived, so that a request which overlaps the end of its session may see either.
 */
export interface Session {
  /** As a Cookie header has it. */
  readonly cookie: string;
  readonly owner: string;
  /** When the first request left that ends it. Null: it is live. */
  endSentAt: number | null;
  /** When an answer said that it has ended. Null with `endSentAt`: nobody knows. */
  endedAt: number | null;
  /** What the cart holds: numbered writes. */
  readonly cart: { sent: number; acknowledged: number; open: Set<number> };
}

/** What must not happen, and how often it did: identities by answer, all else by session. */
export interface Violations {
  /** An answer that names somebody else, or holds somebody else's data. */
  wrongIdentities: number;
  /** A session that an answer had said was over, or had shown to be over, and that was live later. */
  cameBack: number;
  /** A session that an answer had given out, and that was gone without anybody ending it. */
  lostSignIns: number;
  /** A session with an acknowledged write that a later read did not see. */
  lostWrites: number;
  /** A live session that its user's list does not show, so that ending all of them would miss it. */
  unlisted: number;
}

/** A read of the session: who it says is signed in, or that nobody is. */
export interface Reading {
  session: Session;
  sentAt: number;
  /** `session.cart.acknowledged` when the request left. */
  written: number;
}

const EXAMPLES = 10;

export class Truth {
  readonly sessions: Session[] = [];
  readonly violations: Violations = {
    wrongIdentities: 0,
    cameBack: 0,
    lostSignIns: 0,
    lostWrites: 0,
    unlisted: 0,
  };
  /** The first violations, in words. */
  readonly examples: string[] = [];
  readonly #returned = new Set<Session>();
  readonly #outdated = new Set<Session>();

  /** An answer gave out this session. @param previous what it goes on from, such as at a re-authentication */
  signedIn(owner: string, cookie: string, previous?: Session): Session {
    const { sent = 0, acknowledged = 0, open = [] } = previous?.cart ?? {};
    const cart = { sent, acknowledged, open: new Set(open) };
    const session = { cookie, owner, endSentAt: null, endedAt: null, cart };
    this.sessions.push(session);
    return session;
  }

  /** A request is about to leave that ends these sessions. */
  ending(sessions: readonly Session[], now: number): void {
    for (const session of sessions) session.endSentAt ??= now;
  }

  /** Its answer says that it did. */
  ended(sessions: readonly Session[], now: number): void {
    for (const session of sessions) session.endedAt ??= now;
  }

  /** A request is about to leave that writes. @returns the number to write */
  writing({ cart }: Session): number {
    cart.sent += 1;
    cart.open.add(cart.sent);
    return cart.sent;
  }

  /** Its answer says that it did. A write without an answer stays open: it may be done late. */
  wrote({ cart }: Session, version: number): void {
    cart.open.delete(version);
    cart.acknowledged = Math.max(cart.acknowledged, version);
  }

  /** A request is about to leave that reads. */
  reading(session: Session, now: number): Reading {
    return { session, sentAt: now, written: session.cart.acknowledged };
  }

  /** @param who the user that the answer names; null when it says that nobody is signed in */
  sawUser({ session, sentAt }: Reading, who: string | null, now: number): void {
    if (who === null) {
      this.#sawNobody(session, now);
      return;
    }
    if (who !== session.owner)
      this.#count('wrongIdentities', `the session of ${session.owner} is that of ${who}`);
    this.#sawLive(session, sentAt);
  }

  /** @param cart whose it is and the number of the write that it shows; null when it is empty */
  sawCart(
    { session, sentAt, written }: Reading,
    cart: { owner: string; version: number } | null,
    now: number,
  ): void {
    if (!cart) {
      if (written > 0) this.#sawNobody(session, now);
      return;
    }
    if (cart.owner !== session.owner)
      this.#count('wrongIdentities', `the cart of ${session.owner} is that of ${cart.owner}`);
    this.#sawLive(session, sentAt);
    if (cart.version >= written || session.cart.open.has(cart.version) || this.#outdated.has(session)) return;
    this.#outdated.add(session);
    this.#count('lostWrites', `the cart of ${session.owner} went from ${written} back to ${cart.version}`);
  }

  /** Those that nobody has asked to end. */
  liveSessionsOf(owner: string): Session[] {
    return this.sessions.filter((session) => session.owner === owner && session.endSentAt === null);
  }

  /** @param before those live when the request left @param after those live when its answer came */
  sawList(owner: string, length: number, before: readonly Session[], after: readonly Session[]): void {
    const missing = before.filter((session) => after.includes(session)).length - length;
    if (missing <= 0) return;
    this.violations.unlisted += missing;
    this.#example(`the list of ${owner} lacks ${missing}`);
  }

  // --- internal ---

  #sawNobody(session: Session, now: number): void {
    if (session.endSentAt === null) {
      this.#count('lostSignIns', `a session of ${session.owner} is gone, and nobody ended it`);
      session.endSentAt = now;
    }
    session.endedAt ??= now;
  }

  #sawLive(session: Session, sentAt: number): void {
    if (session.endedAt === null || session.endedAt > sentAt || this.#returned.has(session)) return;
    this.#returned.add(session);
    const late = Math.round(sentAt - session.endedAt);
    this.#count('cameBack', `a session of ${session.owner} is live ${late} ms after it had ended`);
  }

  #count(what: keyof Violations, text: string): void {
    this.violations[what] += 1;
    this.#example(text);
  }

  #example(text: string): void {
    if (this.examples.length < EXAMPLES) this.examples.push(text);
  }
}
