import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SECRET, startApp, type TestApp } from '../support/app.ts';
import { Build } from '../support/build.ts';
import { isSignedIn, logIn, register } from '../support/people.ts';

describe.skipIf(inject('engineUrl') === null)('the scripts for operators', () => {
  let app: TestApp;
  let build: Build;
  beforeAll(async () => {
    // The compiler first: it stops this process for seconds, which the app would take for a dead engine.
    build = new Build(inject('engineUrl') ?? '');
    app = await startApp();
  });
  afterAll(async () => {
    build.close();
    await app.close();
  });

  it('users:disable ends the sessions of one account, which signs in no more', async () => {
    const person = await register(app);
    const stranger = await register(app);
    expect((await build.run('scripts/users-disable.js', [person.email.toUpperCase()])).code).toBe(0);
    expect(await app.records.listByUser(person.id)).toEqual([]);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect((await app.browser().post('/api/auth/login', person)).status).toBe(401);
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('sessions:revoke --user signs one user out everywhere, even from a login under way', async () => {
    const person = await register(app);
    const stranger = await register(app);
    const insert = app.faults.holdNext('sessions.insert');
    const late = app.browser();
    const login = late.post('/api/auth/login', person);
    await insert.reached;
    expect((await build.run('scripts/sessions-revoke.js', ['--user', person.email])).code).toBe(0);
    expect(await app.records.listByUser(person.id)).toEqual([]);
    insert.release();
    await login;
    expect(await isSignedIn(person.browser)).toBe(false);
    expect(await isSignedIn(late)).toBe(false);
    expect(await isSignedIn(stranger.browser)).toBe(true);
    await logIn(app, person);
  });

  it('sessions:revoke --all signs everybody out, even from a login under way', async () => {
    const people = [await register(app), await register(app)];
    const visitor = app.browser();
    await visitor.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    const insert = app.faults.holdNext('sessions.insert');
    const late = app.browser();
    const login = late.post('/api/auth/login', people[0]);
    await insert.reached;
    expect((await build.run('scripts/sessions-revoke.js', ['--all'])).code).toBe(0);
    insert.release();
    await login;
    for (const browser of [late, ...people.map((person) => person.browser)]) {
      expect(await isSignedIn(browser)).toBe(false);
    }
    expect((await visitor.get('/api/cart')).body).toEqual({ items: [] });
  });

  it.each([
    ['users-disable', []],
    ['users-disable', ['nobody@example.test']],
    ['users-disable', ['a@b', 'c@d']],
    ['users-disable', ['no address']],
    ['sessions-revoke', []],
    ['sessions-revoke', ['--user', 'nobody@example.test']],
    ['sessions-revoke', ['--everybody']],
  ])('%s %j says what is wrong and exits with 2', async (script, args) => {
    const { code, output } = await build.run(`scripts/${script}.js`, args);
    expect(code).toBe(2);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output.trim().length).toBeGreaterThan(10);
  });

  it('db:setup may run again, and from several places at once', async () => {
    const person = await register(app);
    const runs = await Promise.all([1, 2, 3].map(() => build.run('scripts/db-setup.js')));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('secrets:rotate puts a new secret first, keeps the one before, and touches nothing else', async () => {
    const file = join(build.directory, '.env');
    writeFileSync(file, `A=1\nSESSION_SECRETS=dev-${SECRET}\nB=2\n`, { mode: 0o600 });
    expect((await build.run('scripts/secrets-rotate.js')).code).toBe(0);
    const [first = '', second, ...more] =
      /^SESSION_SECRETS=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.split(',') ?? [];
    expect(second).toBe(`dev-${SECRET}`);
    expect(more).toEqual([]);
    expect(first).toMatch(/^dev-[\w-]{43}$/);
    expect(readFileSync(file, 'utf8')).toMatch(/^A=1\n.*\nB=2\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await build.run('scripts/secrets-rotate.js')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  });
});
