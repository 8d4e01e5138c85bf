/** Users of tests: each test makes its own, so that tests can run side by side on one engine. */
import { randomBytes } from 'node:crypto';
import type { TestApp } from './app.ts';
import type { Browser } from './browser.ts';

export const PASSWORD = 'a horse reads by candle light';

export interface Person {
  email: string;
  password: string;
}

export function newPerson(): Person {
  return { email: `${randomBytes(8).toString('hex')}@example.test`, password: PASSWORD };
}

export interface SignedIn extends Person {
  browser: Browser;
  id: string;
}

/** Somebody who registered, in a browser that is signed in. */
export async function register(app: TestApp, person = newPerson()): Promise<SignedIn> {
  const browser = app.browser();
  const { status, body, text } = await browser.post('/api/auth/register', person);
  if (status !== 201) throw new Error(`registration answered ${status}: ${text}`);
  return { ...person, browser, id: body.user.id };
}

/** Signs somebody in, in a browser of its own unless one is given. */
export async function logIn(app: TestApp, { email, password }: Person, browser = app.browser()): Promise<Browser> {
  const { status, text } = await browser.post('/api/auth/login', { email, password });
  if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
  return browser;
}

export async function isSignedIn(browser: Browser): Promise<boolean> {
  const { body } = await browser.get('/api/session');
  return body.authenticated;
}
