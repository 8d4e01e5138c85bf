import type { Outcome } from './client.ts';

/** What became of the requests, whoever they were for. */
export interface Counts {
  requests: number;
  /** 503: what a failure is to be answered with. */
  unavailable: number;
  /** An answer that came after the deadline, or never. */
  hung: number;
  otherServerErrors: number;
  /** A refusal that this load gives no reason for. */
  unexpected: number;
  /** A connection that ended without an answer, of an instance that nobody had killed. */
  broken: number;
}

const SERVED = [200, 201, 204];
/** 401: the session has ended. 429: points of the throttle that were lost in an outage. */
const REFUSALS = [401, 429];

/** The projects' DATABASE_DEADLINE_MS: how long the call may take that fails. */
const CALL_DEADLINE_MS = 2000;
/**
 * For what a request does besides. A sign-in hashes a password and makes a dozen calls, one after the other; two that
 * fail at their deadlines are still too many.
 */
const LEAST_SLACK_MS = 1000;
const SIGN_IN_SLACK_MS = 2000;
const SIGN_IN = /login|register|reauthenticate/;

export interface Request {
  origin: string;
  sentAt: number;
  /** Method and path. */
  text: string;
  elapsedMs: number;
}

interface Answered {
  origin: string;
  sentAt: number;
  isServed: boolean;
}

export class Tally {
  readonly counts: Counts = {
    requests: 0,
    unavailable: 0,
    hung: 0,
    otherServerErrors: 0,
    unexpected: 0,
    broken: 0,
  };
  readonly examples: string[] = [];
  readonly #answered: Answered[] = [];
  /** The longest that each request took while nothing failed. */
  readonly #usual = new Map<string, number>();
  #isFailing = false;
  /** In milliseconds, since the fault began. */
  slowest = 0;

  /** @param wasUp whether the instance is one that should have answered */
  note(outcome: Outcome, request: Request, wasUp: boolean): void {
    this.counts.requests += 1;
    if (outcome.kind === 'broken' && !wasUp) return;
    if (outcome.kind === 'hung') this.#count('hung', outcome.reason);
    else this.#noteTime(request);
    if (outcome.kind === 'broken') this.#count('broken', `${request.text}: ${outcome.reason}`);
    if (outcome.kind === 'answer') this.#noteStatus(outcome.status, request);
  }

  /** From now on requests have a deadline, as their database may not answer. */
  faultBegins(): void {
    this.#isFailing = true;
  }

  /**
   * How long a request may take during a fault: the deadline of the call that fails, and twice what the same request took
   * before the fault at the longest, for on a machine that is busy with other things everything takes longer.
   */
  deadlineOf(text: string): number {
    const least = SIGN_IN.test(text) ? SIGN_IN_SLACK_MS : LEAST_SLACK_MS;
    return CALL_DEADLINE_MS + Math.max(least, 2 * (this.#usual.get(text) ?? 0));
  }

  /** Of requests sent after the time: until the first served by each instance, and until the last 503, in milliseconds. */
  recovery(since: number, origins: readonly string[]): { firstServed: number; lastRefused: number } {
    const later = this.#answered.filter(({ sentAt }) => sentAt >= since);
    const firsts = origins.map((origin) =>
      later.find((answer) => answer.origin === origin && answer.isServed),
    );
    const ends = firsts.map((answer) => (answer ? answer.sentAt - since : Number.POSITIVE_INFINITY));
    const refused = later.filter(({ isServed }) => !isServed).map(({ sentAt }) => sentAt - since);
    return { firstServed: Math.max(...ends), lastRefused: Math.max(0, ...refused) };
  }

  // --- internal ---

  #noteTime({ text, elapsedMs }: Request): void {
    if (!this.#isFailing) {
      this.#usual.set(text, Math.max(elapsedMs, this.#usual.get(text) ?? 0));
      return;
    }
    this.slowest = Math.max(this.slowest, elapsedMs);
    const late = elapsedMs - this.deadlineOf(text);
    if (late > 0) this.#count('hung', `${text}: ${elapsedMs.toFixed(0)} ms, ${late.toFixed(0)} too many`);
  }

  #noteStatus(status: number, { origin, sentAt, text }: Request): void {
    if (status === 503) this.counts.unavailable += 1;
    else if (status >= 500) this.#count('otherServerErrors', `${text}: ${status}`);
    else if (!SERVED.includes(status) && !REFUSALS.includes(status))
      this.#count('unexpected', `${text}: ${status}`);
    if (status === 503 || SERVED.includes(status))
      this.#answered.push({ origin, sentAt, isServed: status !== 503 });
  }

  #count(what: keyof Counts, text: string): void {
    this.counts[what] += 1;
    if (this.examples.length < 10) this.examples.push(`${what}: ${text}`);
  }
}
