/** The stage on a real server. Remembers who registered, and removes them. */
import type { Instance } from './run-instance.ts';
import type { Browsers } from './running-server.ts';
import { expectStatus, type Person, registerIn, type Stage, signIn } from './stage.ts';

export interface LiveStage extends Stage {
  /** Removes the accounts made here. Says whose could not be. */
  clear(): Promise<string[]>;
}

/** @param clock where time can pass; it is asked only when that is needed */
export function liveStage(browser: Browsers, clock: () => Promise<Instance>, tell: Stage['tell']): LiveStage {
  const people: Person[] = [];
  let passedMs = 0;

  async function remove(person: Person): Promise<void> {
    const { status } = await person.home.delete('/api/account');
    if (status === 204) return;
    expectStatus(204, await (await signIn(person, browser())).delete('/api/account'));
  }

  return {
    browser,
    tell,
    async register(password) {
      const person = await registerIn(browser(), password);
      people.push(person);
      return person;
    },
    async later(visitor, ms) {
      const instance = await clock();
      passedMs += ms;
      await instance.setAhead(passedMs);
      return visitor.at(instance.origin);
    },
    async clear() {
      const left: string[] = [];
      for (const person of people.splice(0)) await remove(person).catch(() => left.push(person.email));
      return left;
    },
  };
}
