/** Who can register, with which password, how is it kept, and does a deleted or disabled account let anybody in? */
import { hash } from '@node-rs/argon2';
import { describe, expect, vi } from 'vitest';
import { PASSWORD_HASHING, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../src/security-policy.ts';
import { hashPassword, isOutdated, passwordProblem, verifyPassword } from '../src/users/passwords.ts';
import { it, type TestApp } from './support/app.ts';
import {
  browserWithSession,
  isSignedIn,
  logIn,
  newPerson,
  PASSWORD,
  recordOf,
  register,
  signedIn,
} from './support/fixtures.ts';

const VARIED = 'abcdefgh ijklmnop qrstuvwx yz';
const ofLength = (length: number) => VARIED.repeat(length).slice(0, length);

const tryToRegister = (app: TestApp, email: string, password = PASSWORD) =>
  app.browser().post('/api/auth/register', { email, password });

describe("an account's address", () => {
  it('is won by one of twenty parallel registrations', async ({ app }) => {
    const { email } = newPerson();
    const answers = await Promise.all(Array.from({ length: 20 }, () => tryToRegister(app, email)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => ![201, 409, 429, 503].includes(status))).toEqual([]);
  });

  it.for([
    ['in upper and lower case', 'A', 'a'],
    ['with an accent that is written in two ways', 'é'.normalize('NFC'), 'é'.normalize('NFD')],
    ['with an accent that only the lower case has in one character', 'H\u0331', 'h\u0331'],
  ] as const)('is the same %s', async ([, first, second], { app }) => {
    const { email } = newPerson();
    await register(app, { email: `${first}${email}`, password: PASSWORD });
    const answer = await tryToRegister(app, `${second}${email}`);
    expect(answer).toMatchObject({ status: 409, code: 'email_taken', cookies: [] });
    await logIn(app, { email: `${second}${email}`, password: PASSWORD });
  });

  it('has no characters that nobody sees, as two addresses could look alike', async ({ app }) => {
    for (const invisible of ['\u00ad', '\u034f', '\u200b', '\u202e', '\u2060', '\u3164', '\ufe0f', '\u{e0061}']) {
      const { email } = newPerson();
      for (const address of [`a${invisible}${email}`, `${email}${invisible}`]) {
        expect(await tryToRegister(app, address), address).toMatchObject({ status: 400, code: 'invalid_input' });
      }
    }
  });
});

describe('a new password', () => {
  it.for([
    ['needs 15 characters or more, as it is the only factor (NIST SP 800-63B-4)', PASSWORD_MIN_LENGTH - 1, 400],
    ['of the shortest length is accepted', PASSWORD_MIN_LENGTH, 201],
    ['may have 64 characters and more', PASSWORD_MAX_LENGTH, 201],
    ['is refused rather than cut when it is too long', PASSWORD_MAX_LENGTH + 1, 400],
  ] as const)('%s', async ([, length, status], { app }) => {
    expect(PASSWORD_MIN_LENGTH).toBeGreaterThanOrEqual(15);
    expect(PASSWORD_MAX_LENGTH).toBeGreaterThanOrEqual(64);
    expect((await tryToRegister(app, newPerson().email, ofLength(length))).status).toBe(status);
  });

  it.for([
    'password12345678',
    'correct horse battery staple',
    'QwertyUIOPasdfghjkl',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'horse1 horse1 horse1 ',
    'abbaccdabcdabccbadd',
    'Somebody@example.test',
    `${PASSWORD}\ud800`, // half a character, which could not be stored as it is
    `🐎${ofLength(PASSWORD_MIN_LENGTH - 2)}`, // a character too short, though not if it were counted in code units
  ])('is refused when attackers try it first, or it is not what it seems: %j', (password) => {
    expect(passwordProblem(password, 'somebody@example.test')).not.toBeNull();
  });

  it.for([
    'my old cat says boo boo',
    'abcdeabcdeedcba',
    'only small letters here',
    `🐎${ofLength(PASSWORD_MAX_LENGTH - 1)}`,
  ])('needs no mixture of characters, and may repeat a little: %j', (password) => {
    expect(passwordProblem(password, '')).toBeNull();
  });
});

describe('a password', () => {
  it.for([
    ['a space at the end', `${PASSWORD} `, PASSWORD],
    ['its case', PASSWORD, PASSWORD.toUpperCase()],
    ['what follows 72 bytes', `${ofLength(72)} one`, `${ofLength(72)} two`],
    ['what follows a NUL character', `${PASSWORD}\0one`, `${PASSWORD}\0two`],
    ['the spelling of an accent', `${PASSWORD} é`.normalize('NFC'), `${PASSWORD} é`.normalize('NFD')],
  ] as const)('is compared whole: %s counts', async ([, password, other], { app }) => {
    const person = await register(app, { ...newPerson(), password });
    await logIn(app, person);
    expect((await app.browser().post('/api/auth/login', { ...person, password: other })).status).toBe(401);
  });

  it('is kept as an argon2id hash with the parameters of the policy and a salt of its own', async ({ app }) => {
    const { email } = await register(app);
    const user = await app.records.users.findByEmail(email);
    const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(user?.passwordHash ?? '');
    expect(match?.slice(1).map(Number)).toEqual(Object.values(PASSWORD_HASHING));
    expect(PASSWORD_HASHING.memoryCost).toBeGreaterThanOrEqual(19 * 1024);
    expect(PASSWORD_HASHING.timeCost).toBeGreaterThanOrEqual(2);
    expect(await hashPassword(PASSWORD)).not.toBe(await hashPassword(PASSWORD));
  });

  it.for([PASSWORD, 'not a password of anybody'])('of nobody is never right: %s', async (password) => {
    expect(await verifyPassword(null, password)).toBe(false);
  });

  it('with a weaker hash is hashed anew at the next login, and not again', async ({ app }) => {
    const person = await signedIn(app);
    const { users } = app.records;
    const weak = await hash(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await users.renewHash(person.id, 1, weak);
    expect(isOutdated(weak)).toBe(true);
    expect(isOutdated(await hash(PASSWORD, { ...PASSWORD_HASHING, parallelism: 2 }))).toBe(true);
    await logIn(app, person);
    const after = await users.findByEmail(person.email);
    expect(isOutdated(after?.passwordHash ?? '')).toBe(false);
    expect(after?.credentialVersion).toBe(1);
    await logIn(app, person);
    expect(await users.findByEmail(person.email)).toEqual(after);
  });
});

describe('DELETE /api/account', () => {
  it('removes the user and ends all sessions', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    const { status, headers } = await person.browser.delete('/api/account');
    expect(status).toBe(204);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    expect(await person.browser.cookie()).toBeUndefined();
    expect(await isSignedIn(other)).toBe(false);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(401);
  });

  it('leaves nothing that a new account of the same address would inherit', async ({ app }) => {
    const person = await signedIn(app);
    const old = await person.browser.copy();
    await person.browser.delete('/api/account');
    const again = await register(app, person);
    expect(again.id).not.toBe(person.id);
    expect(await isSignedIn(old)).toBe(false);
  });

  it('lets no session in even if its records could not be removed', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    app.faults.fail('sessions.removeByUser');
    const { status } = await person.browser.delete('/api/account');
    app.faults.clear();
    expect(status).toBe(503);
    expect(await isSignedIn(other)).toBe(false);
  });
});

describe('a disabled account', () => {
  it('has its sessions ended when they are met, even those of the current credential version', async ({ app }) => {
    const { browser, id } = await signedIn(app);
    await app.records.users.disable(id);
    const credentialVersion = (await app.records.users.findById(id))?.credentialVersion ?? 0;
    for (const each of [browser, await browserWithSession(app, { user: { id, credentialVersion } })]) {
      expect((await each.get('/api/session')).body).toEqual({ authenticated: false });
      expect(await recordOf(app, each)).toBeNull();
      expect((await each.get('/api/sessions')).status).toBe(401);
    }
  });

  it('no longer signs in, with the same answer as a wrong password', async ({ app }) => {
    const person = await signedIn(app);
    const wrong = await app.browser().post('/api/auth/login', { ...person, password: 'a wrong guess' });
    await app.records.users.disable(person.id);
    const right = await app.browser().post('/api/auth/login', person);
    expect([right.status, right.text]).toEqual([401, wrong.text]);
  });

  it('gets no live session from a login that was past its password check', async ({ app }) => {
    const person = await signedIn(app);
    const browser = app.browser();
    const insert = app.faults.holdNext('sessions.insert');
    const login = browser.post('/api/auth/login', person);
    await Promise.race([insert.reached, login]);
    await app.records.users.disable(person.id);
    insert.release();
    await login;
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('a raised credential version', () => {
  it('ends every session at once, without touching their records', async ({ app }) => {
    const person = await signedIn(app);
    const other = await logIn(app, person);
    await app.records.users.raiseCredentialVersion(person.id);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await other.get('/api/sessions')).status).toBe(401);
    await logIn(app, person, other);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('ends the session of a login that had read the user, but not yet verified the password', async ({ app }) => {
    const person = await signedIn(app);
    const { users } = app.records;
    const { findByEmail } = users;
    vi.spyOn(users, 'findByEmail').mockImplementationOnce(async (email) => {
      const user = await findByEmail(email);
      await users.raiseCredentialVersion(person.id);
      return user;
    });
    expect(await isSignedIn(await logIn(app, person))).toBe(false);
  });
});
