/** Who takes part in a test? Each test makes its own users and visitors, so that all can run on one database. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { expiresAt } from '../../src/session/clocks.ts';
import type { SessionContent } from '../../src/session/content.ts';
import { keyOf, newSessionId } from '../../src/session/store.ts';
import type { User, Users } from '../../src/users/accounts.ts';
import { SECRET, type TestApp } from './app.ts';
import { type Answer, type Browser, idIn, type SendOptions } from './browser.ts';
import { signedCookie } from './framework.ts';

/** A public route that takes JSON and signs in. */
export const SIGN_IN_PATH = '/api/auth/sign-in/finish';

export interface Person {
  /** The name at the provider: the `sub`. */
  login: string;
  email: string;
}

export interface SignedIn extends Person {
  browser: Browser;
  id: string;
}

export function newPerson(): Person {
  const login = randomBytes(8).toString('hex');
  return { login, email: `${login}@example.test` };
}

/** A user in a database that a test has for itself. */
export function createUser(users: Users, name: string): Promise<User> {
  return users.findOrCreate('https://provider.example', name, `${name}@example.test`);
}

/** Somebody who signed in for the first time. */
export async function register(app: TestApp, person = newPerson()): Promise<SignedIn> {
  const { browser, body } = await succeed(app, person);
  return { ...person, browser, id: body.user.id };
}

/** Signs somebody in, in a browser of its own unless one is given. */
export async function logIn(app: TestApp, person: Person, browser = app.browser()): Promise<Browser> {
  await succeed(app, person, browser);
  return browser;
}

async function succeed(app: TestApp, person: Person, browser = app.browser()) {
  const { status, text, body } = await signIn(browser, person);
  expect(status, text).toBe(200);
  return { browser, body };
}

interface Begun {
  returnTo?: string;
  again?: boolean;
  /** Of the last request. */
  headers?: SendOptions['headers'];
}

/** The whole way of a sign-in. @returns the answer that sets the cookie */
export async function signIn(browser: Browser, person: Person, { headers, ...input }: Begun = {}): Promise<Answer> {
  const begun = await browser.post('/api/auth/sign-in', input);
  if (begun.status !== 200) return begun;
  return finish(browser, await visitProvider(browser, person, begun.body.continueAt), { headers });
}

/** The same to prove again who they are. */
export async function confirm(browser: Browser, person: Person): Promise<Answer> {
  return signIn(browser, person, { again: true });
}

/** @returns where the app sends the browser to */
export async function begin(browser: Browser, input: object = {}): Promise<string> {
  const { status, body, text } = await browser.post('/api/auth/sign-in', input);
  expect(status, text).toBe(200);
  return body.continueAt;
}

/** Signs in there, as whomever. @returns the query that the provider leads back with */
export async function visitProvider(browser: Browser, { login }: Person, address: string): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return queryOf(await browser.post(address, new URLSearchParams({ login }).toString(), { headers }));
}

/** Passes by there, where the browser is signed in already and nobody asks. */
export async function passProvider(browser: Browser, address: string): Promise<string> {
  return queryOf(await browser.get(address));
}

/** Signs out there, and nowhere else. */
export async function leaveProvider(browser: Browser, issuer: string): Promise<void> {
  const { status } = await browser.get(`${issuer}/logout`);
  expect(status, 'of the provider').toBe(200);
}

function queryOf({ status, headers, text }: Answer): string {
  expect(status, `of the provider: ${text}`).toBe(303);
  return new URL(headers.location ?? '').search;
}

export function finish(browser: Browser, query: string, options?: SendOptions): Promise<Answer> {
  return browser.post(SIGN_IN_PATH, { query }, options);
}

/** Everything that sets the session cookie, one after the other. */
export async function wholeFlow(app: TestApp): Promise<Answer[]> {
  const browser = app.browser();
  const person = newPerson();
  return [
    await signIn(browser, person),
    await confirm(browser, person),
    await browser.post('/api/auth/logout'),
    await signIn(browser, person),
    await browser.delete('/api/account'),
  ];
}

/** Somebody who is signed in, put straight into the database: for tests that care for what comes after. */
export async function signedIn(app: TestApp): Promise<SignedIn> {
  const person = newPerson();
  const { issuer } = app.provider.config;
  const { id, credentialVersion } = await app.records.users.findOrCreate(issuer, person.login, person.email);
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
