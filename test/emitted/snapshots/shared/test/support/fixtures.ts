/** Who takes part in a test? Each test makes its own users and visitors, so that all can run on one database. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { expiresAt } from '../../src/session/clocks.ts';
import type { SessionContent } from '../../src/session/content.ts';
import { keyOf, newSessionId } from '../../src/session/store.ts';
import type { User, Users } from '../../src/users/accounts.ts';
import { hashPassword } from '../../src/users/passwords.ts';
import { SECRET, type TestApp } from './app.ts';
import { type Answer, type Browser, idIn, type SendOptions } from './browser.ts';
import { signedCookie } from './framework.ts';

export const PASSWORD = 'a horse reads by candle light';

/** A public route that takes JSON and signs in. */
export const SIGN_IN_PATH = '/api/auth/login';

export interface Person {
  email: string;
  password: string;
}

export interface SignedIn extends Person {
  browser: Browser;
  id: string;
}

export function newPerson(): Person {
  return { email: `${randomBytes(8).toString('hex')}@example.test`, password: PASSWORD };
}

/** A user in a database that a test has for itself. Null when there is one of that name. */
export function createUser(users: Users, name: string): Promise<User | null> {
  return users.create(`${name}@example.test`, 'hash');
}

/** Somebody who registered, in a browser that is signed in. */
export async function register(app: TestApp, person = newPerson()): Promise<SignedIn> {
  const browser = app.browser();
  const { status, body, text } = await browser.post('/api/auth/register', person);
  expect(status, text).toBe(201);
  return { ...person, browser, id: body.user.id };
}

/** Signs somebody in, in a browser of its own unless one is given. */
export async function logIn(app: TestApp, person: Person, browser = app.browser()): Promise<Browser> {
  const { status, text } = await signIn(browser, person);
  expect(status, text).toBe(200);
  return browser;
}

/** @returns the answer that sets the cookie */
export function signIn(browser: Browser, { email, password }: Person, options?: SendOptions): Promise<Answer> {
  return browser.post(SIGN_IN_PATH, { email, password }, options);
}

/** The same to prove again who one is. */
export const confirm = (browser: Browser, { password }: Person): Promise<Answer> =>
  browser.post('/api/auth/reauthenticate', { password });

/** Everything that sets a cookie, one after the other. */
export async function wholeFlow(app: TestApp): Promise<Answer[]> {
  const browser = app.browser();
  const person = newPerson();
  const newPassword = `${PASSWORD} and again`;
  return [
    await browser.post('/api/auth/register', person),
    await confirm(browser, person),
    await browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword }),
    await browser.post('/api/auth/logout'),
    await signIn(browser, { ...person, password: newPassword }),
    await browser.delete('/api/account'),
  ];
}

let hash: Promise<string> | undefined;

/** Somebody who is signed in, put straight into the database: for tests that care for what comes after. */
export async function signedIn(app: TestApp): Promise<SignedIn> {
  hash ??= hashPassword(PASSWORD);
  const person = newPerson();
  const user = await app.records.users.create(person.email, await hash);
  const { id, credentialVersion } = user ?? expect.unreachable('the address of a new person is taken');
  return { ...person, browser: await browserWithSession(app, { user: { id, credentialVersion } }), id };
}

/** A visitor with a session, as one has who gathered something before signing in. */
export async function visitor(app: TestApp): Promise<Browser> {
  return browserWithSession(app, {});
}

/** A browser with the cookie of a session that is put straight into the database. */
export async function browserWithSession(app: TestApp, content: Partial<SessionContent>): Promise<Browser> {
  const id = newSessionId();
  const lastSeenAt = app.clock.now;
  const client = { ip: '', userAgent: '' };
  const record = { content: { createdAt: lastSeenAt, renewedAt: lastSeenAt, client, ...content }, lastSeenAt };
  await app.records.sessions.insert(keyOf(id), record, expiresAt(record));
  const browser = app.browser();
  await browser.plant(signedCookie(id, SECRET));
  return browser;
}

export async function isSignedIn(browser: Browser): Promise<boolean> {
  const { body } = await browser.get('/api/session');
  return body?.authenticated;
}

/** What the database has under the session cookie of a browser. */
export async function recordOf(app: TestApp, browser: Browser) {
  return app.records.sessions.read(keyOf(idIn(await browser.cookie())));
}
