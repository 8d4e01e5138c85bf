/** Users of tests: each test makes its own, so that tests can run side by side on one engine. */
import { randomBytes } from 'node:crypto';
import { createLog } from '../../src/log.ts';
import { expiresAt, type SessionRecord } from '../../src/session/clocks.ts';
import { keyOf, newSessionId } from '../../src/session/keys.ts';
import { createAccounts } from '../../src/users/accounts.ts';
import { hashPassword } from '../../src/users/passwords.ts';
import type { Users } from '../../src/users/user.ts';
import { SECRET, type TestApp } from './app.ts';
import type { Browser } from './browser.ts';
import { signedCookie } from './cookie-format.ts';

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

let hash: Promise<string> | undefined;

/** Somebody who is signed in, put straight into the engine: for tests that need many and care for what comes after. */
export async function somebodySignedIn(app: TestApp): Promise<SignedIn> {
  hash ??= hashPassword(PASSWORD);
  const person = newPerson();
  const user = await app.users.create(person.email, await hash);
  if (!user) throw new Error('the address of a new person is taken');
  const browser = await signedInBrowser(app, user);
  return { ...person, browser, id: user.id };
}

/** A browser of that user, with a new session that no login made. */
export async function signedInBrowser(app: TestApp, { id, credentialVersion = 1 }: Identity): Promise<Browser> {
  const sessionId = newSessionId();
  const lastSeenAt = app.clock.now;
  const client = { ip: '', userAgent: '' };
  const content = { user: { id, credentialVersion }, createdAt: lastSeenAt, renewedAt: lastSeenAt, client };
  const record: SessionRecord = { content, lastSeenAt };
  await app.records.insert(keyOf(sessionId), record, expiresAt(record));
  const browser = app.browser();
  await browser.plant(signedCookie(sessionId, SECRET));
  return browser;
}

interface Identity {
  id: string;
  credentialVersion?: number;
}

export async function isSignedIn(browser: Browser): Promise<boolean> {
  const { body } = await browser.get('/api/session');
  return body.authenticated;
}

/** What routes do with passwords, without the throttle that would stop a test that tries many. */
export function unthrottledAccounts(users: Users) {
  const throttle = {
    throttled: <T>(_email: string, _ip: string, work: () => Promise<T>) => work(),
    takeForAnonymousSession: async () => {},
  };
  return createAccounts(users, throttle, createLog({ write() {} }));
}
