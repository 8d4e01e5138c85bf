import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD_HASHING, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../src/security-policy.ts';
import { passwordProblem } from '../src/users/password-rules.ts';
import { hashPassword, isOutdated, verifyPassword } from '../src/users/passwords.ts';
import { startApp, type TestApp } from './support/app.ts';
import { logIn, newPerson, PASSWORD, register, unthrottledAccounts } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const VARIED = 'abcdefgh ijklmnop qrstuvwx yz';
const ofLength = (length: number) => VARIED.repeat(10).slice(0, length);

describe('a new password', () => {
  it('needs at least 15 characters, as it is the only factor (NIST SP 800-63B-4)', async () => {
    expect(PASSWORD_MIN_LENGTH).toBeGreaterThanOrEqual(15);
    const answer = await app
      .browser()
      .post('/api/auth/register', { ...newPerson(), password: ofLength(PASSWORD_MIN_LENGTH - 1) });
    expect(answer.status).toBe(400);
    await register(app, { ...newPerson(), password: ofLength(PASSWORD_MIN_LENGTH) });
  });

  it('may have 64 characters and more, and is refused rather than cut when it is too long', async () => {
    expect(PASSWORD_MAX_LENGTH).toBeGreaterThanOrEqual(64);
    expect(passwordProblem(ofLength(PASSWORD_MAX_LENGTH), '')).toBeNull();
    await register(app, { ...newPerson(), password: ofLength(PASSWORD_MAX_LENGTH) });
    expect(passwordProblem(ofLength(PASSWORD_MAX_LENGTH + 1), '')).toContain(String(PASSWORD_MAX_LENGTH));
  });

  it('is counted in characters, not in bytes', () => {
    expect(passwordProblem('лошадь 🐎 и свеча', '')).toBeNull();
    expect(passwordProblem('🐎🐎🐎🐎 и свеча', '')).not.toBeNull();
  });

  it.each([
    'password12345678',
    'correct horse battery staple',
    'QwertyUIOPasdfghjkl',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'horse1 horse1 horse1 ',
    'abbaccdabcdabccbadd',
  ])('is refused when attackers try it first: %s', (password) => {
    expect(passwordProblem(password, '')).toEqual(expect.stringContaining('attacker'));
  });

  it.each(['my old cat says boo boo', 'abcdeabcdeedcba'])('is not refused for a little repetition: %s', (password) => {
    expect(passwordProblem(password, '')).toBeNull();
  });

  it('is refused when it is the e-mail address', () => {
    expect(passwordProblem('Somebody@example.test', 'somebody@example.test')).not.toBeNull();
  });

  it('needs no mixture of kinds of characters', () => {
    expect(passwordProblem('only small letters here', '')).toBeNull();
  });

  it('with half a surrogate pair is refused, as it could not be stored as it is', () => {
    expect(passwordProblem(`${PASSWORD}\ud800`, '')).toEqual(expect.stringContaining('stored'));
  });
});

describe('a password', () => {
  it.each([
    ['a space at the end', `${PASSWORD} `, PASSWORD],
    ['its case', PASSWORD, PASSWORD.toUpperCase()],
    ['what stands behind 72 bytes', `${ofLength(72)} one`, `${ofLength(72)} two`],
    ['what stands behind a NUL character', `${PASSWORD}\0one`, `${PASSWORD}\0two`],
    ['the spelling of an accent', `${PASSWORD} é`.normalize('NFC'), `${PASSWORD} é`.normalize('NFD')],
  ])('is compared whole: %s counts', async (_name, password, other) => {
    const person = await register(app, { ...newPerson(), password });
    await logIn(app, person);
    const { status } = await app.browser().post('/api/auth/login', { email: person.email, password: other });
    expect(status).toBe(401);
  });

  it('is kept as an argon2id hash with the parameters of the policy', async () => {
    const { email } = await register(app);
    const user = await app.users.findByEmail(email);
    const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(user?.passwordHash ?? '');
    expect(match?.slice(1).map(Number)).toEqual(Object.values(PASSWORD_HASHING));
    expect(PASSWORD_HASHING.memoryCost).toBeGreaterThanOrEqual(19 * 1024);
    expect(PASSWORD_HASHING.timeCost).toBeGreaterThanOrEqual(2);
  });

  it('is hashed with a salt of its own', async () => {
    expect(await hashPassword(PASSWORD)).not.toBe(await hashPassword(PASSWORD));
  });

  it('of nobody costs the same work and is never right', async () => {
    expect(await verifyPassword(null, PASSWORD)).toBe(false);
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false);
  });

  it('with a weaker hash is hashed anew at the next login', async () => {
    const person = await register(app);
    const user = await app.users.findByEmail(person.email);
    if (!user) throw new Error('nobody registered');
    const { hash } = await import('@node-rs/argon2');
    const weak = await hash(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await app.users.renewHash(user.id, user.credentialVersion, weak);
    expect(isOutdated(weak)).toBe(true);
    await logIn(app, person);
    const after = await app.users.findByEmail(person.email);
    expect(isOutdated(after?.passwordHash ?? '')).toBe(false);
    expect(after?.credentialVersion).toBe(user.credentialVersion);
    await logIn(app, person); // and not again, which would cost each login a second hash
    expect(await app.users.findByEmail(person.email)).toEqual(after);
  });
});

describe('an unknown user', () => {
  it('costs the work of a whole hash, so that a quick answer does not tell who is registered', async () => {
    const { email } = await register(app);
    const accounts = unthrottledAccounts(app.users);
    const quickest = async (address: string) => {
      const times: number[] = [];
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const start = performance.now();
        await accounts.authenticate(address, 'a wrong guess', '').catch(() => {});
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const unknown = newPerson().email;
    await quickest(unknown); // the first one of all makes the hash that is nobody's
    expect(await quickest(unknown)).toBeGreaterThan((await quickest(email)) / 4);
  });

  it('is looked for with the same calls as a known one, so that the work tells nothing', async () => {
    const { email } = await register(app);
    const callsOf = async (address: string) => {
      app.faults.calls.length = 0;
      await app.browser().post('/api/auth/login', { email: address, password: 'a wrong guess' });
      return [...app.faults.calls];
    };
    expect(await callsOf(newPerson().email)).toEqual(await callsOf(email));
  });
});
