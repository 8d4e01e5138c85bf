/** What can an operator do to one user, to the secrets and to the schema? For what reaches everybody see serial/. */
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { SECRET } from './support/app.ts';
import { isSignedIn, logIn, PASSWORD, register, signedIn, signIn } from './support/fixtures.ts';
import { it } from './support/process.ts';

const NEW_PASSWORD = `${PASSWORD} and more`;

describe.skipIf(inject('databaseUrl') === null)('admin', () => {
  it('revoke EMAIL ends the sessions of one user, even of a login under way', async ({ app, admin }) => {
    const person = await register(app);
    const stranger = await signedIn(app);
    const insert = app.faults.holdNext('sessions.insert');
    const late = app.browser();
    const login = signIn(late, person);
    await insert.reached;
    expect((await admin(['revoke', person.email.toUpperCase()])).code).toBe(0);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    insert.release();
    await login;
    const signedInNow = await Promise.all([person.browser, late, stranger.browser].map(isSignedIn));
    expect(signedInNow).toEqual([false, false, true]);
    await logIn(app, person);
  });

  it('disable EMAIL ends the sessions of the account, which cannot sign in any more', async ({ app, admin }) => {
    const person = await register(app);
    const stranger = await signedIn(app);
    expect((await admin(['disable', person.email])).code).toBe(0);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await signIn(app.browser(), person)).status).toBe(401);
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('set-password EMAIL takes a good password only, and ends all sessions of the user', async ({ app, admin }) => {
    const person = await register(app);
    for (const bad of ['short', person.email]) {
      expect((await admin(['set-password', person.email], { input: `${bad}\n` })).code).toBe(2);
    }
    expect(await isSignedIn(person.browser)).toBe(true);
    const { code, output } = await admin(['set-password', person.email], { input: `${NEW_PASSWORD}\n` });
    expect(code, output).toBe(0);
    expect(output).not.toContain(NEW_PASSWORD);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect((await signIn(app.browser(), person)).status).toBe(401);
    await logIn(app, { ...person, password: NEW_PASSWORD });
  });

  it('users lists addresses, and no hash of a password', async ({ app, admin }) => {
    const { email } = await register(app);
    const { code, output } = await admin(['users']);
    expect(code).toBe(0);
    expect(output).toContain(email);
    expect(output).not.toContain('argon2');
  });

  it('migrate can run again, and from several places at once', async ({ app, admin }) => {
    const { browser } = await signedIn(app);
    const runs = await Promise.all([1, 2, 3].map(() => admin(['migrate'])));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.concurrent.for([
    [],
    ['nothing'],
    ['users', 'extra'],
    ['disable'],
    ['disable', 'nobody@example.test'],
    ['disable', 'a@b', 'c@d'],
    ['disable', 'no address'],
    ['revoke'],
    ['revoke', '--everybody'],
  ])('%j says what is wrong and exits with 2', async (args, { admin }) => {
    const { code, output } = await admin(args);
    expect(code).toBe(2);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output.trim().length).toBeGreaterThan(10);
  });

  it('rotate-secret puts a new secret first, keeps the previous one, and touches nothing else', async ({
    processes: { folder: cwd },
    admin,
  }) => {
    cpSync('src/users', join(cwd, 'src/users'), { recursive: true });
    const file = join(cwd, '.env');
    const old = `dev-${SECRET}${',dev-of-long-ago'.repeat(5)}`;
    writeFileSync(file, `A=1\nSESSION_SECRETS="${old}"\nB=2\n`, { mode: 0o600 });
    writeFileSync(join(cwd, '.env.new'), 'of a run that was killed', { mode: 0o644 });
    expect((await admin(['rotate-secret'], { cwd })).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^A=1\nSESSION_SECRETS=".*"\nB=2\n$/);
    const [, first, previous, ...others] = text.split(/SESSION_SECRETS="|[",]/);
    expect([first, previous]).toEqual([expect.stringMatching(/^dev-[\w-]{43}$/), `dev-${SECRET}`]);
    expect(others.filter((secret) => secret === 'dev-of-long-ago').length).toBeLessThan(5);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
