/** What can an operator do? Alone, as revoking everybody's sessions would disturb every other test. */
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { it, SECRET } from '../support/app.ts';
import { isSignedIn, logIn, PASSWORD, recordOf, register, signedIn, signIn, visitor } from '../support/fixtures.ts';
import { Processes } from '../support/process.ts';

const NEW_PASSWORD = `${PASSWORD} and more`;

describe.skipIf(inject('databaseUrl') === null)('admin', () => {
  let processes: Processes;
  beforeAll(() => {
    processes = new Processes();
  });
  afterAll(() => processes.close());

  const admin = (args: string[], input?: string) => processes.run('scripts/admin.js', args, { input });

  it('revoke EMAIL ends the sessions of one user, even of a login under way', async ({ app }) => {
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

  it('disable EMAIL ends the sessions of the account, which cannot sign in any more', async ({ app }) => {
    const person = await register(app);
    const stranger = await signedIn(app);
    expect((await admin(['disable', person.email])).code).toBe(0);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await signIn(app.browser(), person)).status).toBe(401);
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('set-password EMAIL takes a good password only, and ends all sessions of the user', async ({ app }) => {
    const person = await register(app);
    for (const bad of ['short', person.email]) {
      expect((await admin(['set-password', person.email], `${bad}\n`)).code).toBe(2);
    }
    expect(await isSignedIn(person.browser)).toBe(true);
    const { code, output } = await admin(['set-password', person.email], `${NEW_PASSWORD}\n`);
    expect(code, output).toBe(0);
    expect(output).not.toContain(NEW_PASSWORD);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect((await signIn(app.browser(), person)).status).toBe(401);
    await logIn(app, { ...person, password: NEW_PASSWORD });
  });

  it('users lists addresses, and no hash of a password', async ({ app }) => {
    const { email } = await register(app);
    const { code, output } = await admin(['users']);
    expect(code).toBe(0);
    expect(output).toContain(email);
    expect(output).not.toContain('argon2');
  });

  it('revoke --all ends the sessions of everybody, even of a login under way', async ({ app }) => {
    const people = [await register(app), await signedIn(app)];
    const guest = await visitor(app);
    const insert = app.faults.holdNext('sessions.insert');
    const late = app.browser();
    const login = late.post('/api/auth/login', people[0]);
    await insert.reached;
    expect((await admin(['revoke', '--all'])).code).toBe(0);
    insert.release();
    await login;
    for (const browser of [late, ...people.map(({ browser }) => browser)])
      expect(await isSignedIn(browser)).toBe(false);
    expect(await recordOf(app, guest)).toBeNull();
  });

  it('migrate, and the start of a server, create no account', async ({ app }) => {
    const strangers = async () => {
      const everybody = await app.records.users.list(100_000);
      return everybody.map(({ email }) => email).filter((email) => !email.endsWith('@example.test'));
    };
    const before = await strangers();
    await admin(['migrate']);
    await processes.serve();
    expect(await strangers()).toEqual(before);
  });

  it('migrate can run again, and from several places at once', async ({ app }) => {
    const { browser } = await signedIn(app);
    const runs = await Promise.all([1, 2, 3].map(() => admin(['migrate'])));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.for([
    [],
    ['nothing'],
    ['users', 'extra'],
    ['disable'],
    ['disable', 'nobody@example.test'],
    ['disable', 'a@b', 'c@d'],
    ['disable', 'no address'],
    ['revoke'],
    ['revoke', '--everybody'],
  ])('%j says what is wrong and exits with 2', async (args) => {
    const { code, output } = await admin(args);
    expect(code).toBe(2);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output.trim().length).toBeGreaterThan(10);
  });

  it('rotate-secret puts a new secret first, keeps the previous one, and touches nothing else', async () => {
    const cwd = processes.folder;
    cpSync('src/users', join(cwd, 'src/users'), { recursive: true });
    const file = join(cwd, '.env');
    writeFileSync(file, `A=1\nSESSION_SECRETS="dev-${SECRET}"\nB=2\n`, { mode: 0o600 });
    writeFileSync(join(cwd, '.env.new'), 'of a run that was killed', { mode: 0o644 });
    const rotate = () => processes.run('scripts/admin.js', ['rotate-secret'], { cwd });
    expect((await rotate()).code).toBe(0);
    const secrets = () => /^SESSION_SECRETS="(.*)"$/m.exec(readFileSync(file, 'utf8'))?.[1]?.split(',') ?? [];
    expect(secrets()).toEqual([expect.stringMatching(/^dev-[\w-]{43}$/), `dev-${SECRET}`]);
    expect(readFileSync(file, 'utf8')).toMatch(/^A=1\n.*\nB=2\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (let round = 0; round < 5; round += 1) await rotate();
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  });
});
