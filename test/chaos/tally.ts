import type { Outcome } from './client.ts';

/** What became of the requests, whoever they were for. */
export interface Counts {
  requests: number;
  /** 503: what a failure is to be answered with. */
  unavailable: number;
  /** No answer within the deadline. */
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
  #answered: Answered[] = [];

  /** @param wasUp whether the instance is one that should have answered */
  note(outcome: Outcome, request: { origin: string; sentAt: number; text: string }, wasUp: boolean): void {
    this.counts.requests += 1;
    if (outcome.kind === 'answer') this.#noteStatus(outcome.status, request);
    else if (outcome.kind === 'hung') this.#count('hung', outcome.reason);
    else if (wasUp) this.#count('broken', `${request.text}: ${outcome.reason}`);
  }

  /** From now on, recoveries count. */
  forgetAnswers(): void {
    this.#answered = [];
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

  #noteStatus(
    status: number,
    { origin, sentAt, text }: { origin: string; sentAt: number; text: string },
  ): void {
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
