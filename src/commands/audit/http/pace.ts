/** How many requests, and how fast? On this machine as fast as it goes; elsewhere gently. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer } from './exchange.ts';

const AT_ONCE = 4;
const PER_SECOND = 10;
/** Well above what all checks need together. */
const MAX_REQUESTS = 2000;

export class Pace {
  sent = 0;
  readonly #isGentle: boolean;
  #underWay = 0;
  #nextAt = 0;

  constructor(isGentle: boolean) {
    this.#isGentle = isGentle;
  }

  /** @throws NoAnswer when more requests were asked for than an audit may send */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (++this.sent > MAX_REQUESTS) throw new NoAnswer(`more than ${MAX_REQUESTS} requests`);
    if (this.#isGentle) await this.#turn();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  async #turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1000 / PER_SECOND;
    await sleep(at - now);
    while (this.#underWay >= AT_ONCE) await sleep(1000 / PER_SECOND);
  }
}
