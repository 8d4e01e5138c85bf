/** Holds up or fails calls to the engine by name: what a slow or failing network does, when the test says so. */
import { EngineUnavailable } from '../../src/deadline.ts';

/** A call that waits. */
export interface Held {
  /** Resolves when the app has made the call. */
  reached: Promise<void>;
  release: () => void;
}

type Rule = (name: string) => Promise<void> | undefined;

export class Faults {
  /** The names of all calls so far. */
  readonly calls: string[] = [];
  readonly #rules = new Set<Rule>();

  async around<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    for (const rule of this.#rules) await rule(name);
    return call();
  }

  /** The next call of that name waits until it is released. */
  holdNext(wanted: string): Held {
    const reached = signal();
    const released = signal();
    const rule: Rule = (name) => {
      if (name !== wanted) return;
      this.#rules.delete(rule);
      reached.give();
      return released.promise;
    };
    this.#rules.add(rule);
    return { reached: reached.promise, release: released.give };
  }

  /** Every call whose name begins so fails, until clear(): as an engine that does not answer, or with an error of the test's. */
  fail(prefix: string, error?: Error): void {
    this.#rules.add(async (name) => {
      if (name.startsWith(prefix)) throw error ?? new EngineUnavailable(name, new Error('failed by a test'));
    });
  }

  /** Every call takes some time, at random up to so many milliseconds: makes races likely. */
  slow(maxMs: number): void {
    this.#rules.add(() => new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs)));
  }

  clear(): void {
    this.#rules.clear();
  }
}

function signal(): { promise: Promise<void>; give: () => void } {
  let give: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}
