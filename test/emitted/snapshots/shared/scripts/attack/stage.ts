/** What an attack is, who takes part, and what they need. The steps themselves are in the files of attacks.ts. */
import { randomBytes } from 'node:crypto';
import type { Answer, Browser } from './browser.ts';

export interface Attack {
  name: string;
  /** What it tries, in a few words. */
  title: string;
  /** The file that stops it. */
  stoppedBy: string;
  /** A race that is won more often when the engine answers slowly: tests and copies see to that. */
  isLikelyWhenSlow?: boolean;
  /**
   * Plays it.
   * @returns whether it succeeded
   * @throws NotPlayed
   */
  play(stage: Stage): Promise<boolean>;
}

/** Where attacks are played: a running server, a copy of the project, or the app of a test. */
export interface Stage {
  /** Somebody's browser, with a cookie jar and an address of its own. */
  browser(): Browser;
  /** A new account, whose owner is signed in at home. */
  register(password?: string): Promise<Person>;
  /** The same browser, when that much more time has passed for the server. */
  later(browser: Browser, ms: number): Promise<Browser>;
  /** Tells the audience what was done, and what came back. */
  tell(what: string, cameBack?: string): void;
}

export interface Person {
  email: string;
  /** As it is now. */
  password: string;
  home: Browser;
}

/** This attack could not be played to its end; the message says why. */
export class NotPlayed extends Error {
  override name = 'NotPlayed';
}

const PASSWORD = 'a horse reads by candle light';

/** Registers somebody new in that browser. */
export async function registerIn(home: Browser, password = PASSWORD): Promise<Person> {
  const person = { email: `victim-${randomBytes(6).toString('hex')}@attack.test`, password, home };
  expectStatus(201, await home.post('/api/auth/register', { email: person.email, password }));
  return person;
}

/** Signs somebody in, in that browser. */
export async function signIn({ email, password }: Person, browser: Browser): Promise<Browser> {
  expectStatus(200, await browser.post('/api/auth/login', { email, password }));
  return browser;
}

/** What somebody gets to see who asks for what only a signed-in user may see. */
export async function lookInside(browser: Browser): Promise<{ isOpen: boolean; cameBack: string }> {
  const answer = await browser.get('/api/sessions');
  if (answer.status !== 200) expectStatus(401, answer);
  return { isOpen: answer.status === 200, cameBack: inWords(answer) };
}

/** The status, and the code of a refusal. */
export function inWords({ status, body }: Answer): string {
  return [status, body?.error?.code].filter(Boolean).join(' ');
}

/** How often each came, such as `3 × 200, 2 × 401 unauthenticated`. */
export function counted(answers: readonly string[]): string {
  const kinds = [...new Set(answers)].sort();
  return kinds.map((kind) => `${answers.filter((answer) => answer === kind).length} × ${kind}`).join(', ');
}

/** @throws NotPlayed for any other: then what follows would prove nothing */
export function expectStatus(status: number, answer: Answer): void {
  if (answer.status === status) return;
  const wait = answer.headers['retry-after'];
  const advice = wait ? `, to be tried again in ${wait} seconds` : '';
  throw new NotPlayed(`expected ${status}, got ${inWords(answer)}${advice}`);
}
