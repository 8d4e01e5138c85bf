import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { ended, startProgram } from '../support/program.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';
import type { Fault } from './support/faults.ts';
import { startSampleApp } from './support/sample-app.ts';

/** What can be asked of `audit`, and what it refuses. */

async function sample(faults: readonly Fault[] = []) {
  const app = await startSampleApp(faults);
  onTestFinished(() => app.close());
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'certs'));
  writeFileSync(join(cwd, 'certs/ca.pem'), app.ca);
  const run = (...args: string[]) => runInProcess(['audit', app.url, ...args], cwd);
  const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
  return { app, cwd, run, read, write: (file: string, text: string) => writeFileSync(join(cwd, file), text) };
}

/** The documented form, for an app that is none of ours. */
const RECIPE = {
  login: { request: 'POST /api/auth/login', json: { email: '${USER}', password: '${PASSWORD}' } },
  whoAmI: { request: 'GET /api/session', signedIn: { json: '/authenticated', equals: true } },
  logout: { request: 'POST /api/auth/logout' },
  register: { request: 'POST /api/auth/register', json: { email: '${USER}', password: '${PASSWORD}' } },
};

describe('audit', () => {
  it('trusts certs/ca.pem of the current directory, and nothing else needs to be said', async () => {
    const { run } = await sample();
    const { code, stdout } = await run('--only', 'B6,B11');
    expect(code).toBe(0);
    expect(stdout).toMatch(/✔ B6 .*\n✔ B11 /);
    expect(stdout).toContain('Grade A\n');
  });

  it('shows a finding with what was sent, what came back, the curl, the standards and the fix', async () => {
    const { run } = await sample(['logout-in-the-browser-only']);
    const { code, stdout } = await run('--only', 'B11');
    expect(code).toBe(5);
    for (const part of [
      '> POST /api/auth/logout',
      '< 204',
      '> GET /api/session',
      '"authenticated":true',
      'curl -i ',
      'ASVS 5.0: 7.4.1',
      'WSTG-SESS-06',
      'Fix: ',
      'Grade F',
    ])
      expect(stdout).toContain(part);
  });

  it('shows no secret in any form', async () => {
    const { run, read } = await sample(['logout-in-the-browser-only', 'id-in-the-body', 'cookie-readable']);
    const files = ['--html', 'r.html', '--sarif', 'r.sarif', '--junit', 'r.xml'];
    const texts = [await run(...files), await run('--json')].map(({ stdout }) => stdout);
    for (const text of [...texts, read('r.html'), read('r.sarif'), read('r.xml')]) {
      expect(text).not.toMatch(/Audit-[0-9a-f]{20}/);
      expect(text.match(/__Host-id=[\w.-]{12,}/g)).toBeNull();
      expect(text.match(/"token":"[\w.-]{12,}/g)).toBeNull();
    }
  });

  it('writes a page, SARIF and JUnit with the finding in each', async () => {
    const { run, read } = await sample(['cookie-readable']);
    await run('--only', 'B1,B2', '--html', 'r.html', '--sarif', 'r.sarif', '--junit', 'r.xml');
    expect(read('r.html')).toMatch(/^<!doctype html>.*B1 Session cookies.*without HttpOnly/s);
    expect(read('r.html')).not.toMatch(/<script|src=|href=/);
    const [{ results, tool }] = JSON.parse(read('r.sarif')).runs;
    expect(results).toMatchObject([{ ruleId: 'B1', level: 'warning' }]);
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['B1', 'B2']);
    expect(read('r.xml')).toContain('tests="2" failures="1" skipped="0"');
  });

  it('counts only what is new against a baseline', async () => {
    const { run, write } = await sample(['cookie-readable', 'cookie-path']);
    write('base.json', (await run('--only', 'B1', '--json')).stdout);
    expect((await run('--only', 'B1', '--baseline', 'base.json')).code).toBe(0);
    const { code, stdout } = await run('--only', 'B1,B2', '--baseline', 'base.json');
    expect(code).toBe(5);
    expect(stdout).toContain('(known)');
  });

  it.each([
    ['C', 0],
    ['B', 5],
    ['F', 0],
  ])('exits by --fail-under %s', async (wanted, expected) => {
    const { run } = await sample(['cookie-readable']);
    expect((await run('--only', 'B1', '--fail-under', wanted)).code).toBe(expected);
  });

  it('takes a recipe, and says which account it cannot remove', async () => {
    const { run, write } = await sample();
    write('recipe.json', JSON.stringify(RECIPE));
    const { code, stdout } = await run('--recipe', 'recipe.json', '--only', 'B6');
    expect(code).toBe(0);
    expect(stdout.match(/the account audit-\w+@example.com stays/g)).toHaveLength(2);
  });

  it('tries nothing with a change that its user may not make, as a refusal would prove nothing', async () => {
    const { run, write } = await sample(['cross-site-let-through']);
    write('recipe.json', JSON.stringify({ ...RECIPE, change: { request: 'PUT /api/nothing', json: {} } }));
    const { code, stdout } = await run('--recipe', 'recipe.json', '--only', 'B16');
    expect(stdout).toContain('PUT /api/nothing answers 404 to its user');
    // By the logout, then.
    expect(stdout).toContain('✖ B16');
    expect(code).toBe(5);
  });

  it('takes the three requests as flags, and the user from files', async () => {
    const { run, write, app } = await sample();
    const body = JSON.stringify({ email: 'a@b.example', password: 'correct horse battery' });
    await fetchFrom(app, '/api/auth/register', body);
    write('password.txt', 'correct horse battery\n');
    const { code, stdout } = await run(
      ...['--login', 'POST /api/auth/login', '--body', '{"email":"${USER}","password":"${PASSWORD}"}'],
      ...[
        '--whoami',
        'GET /api/session',
        '--signed-in',
        'json /authenticated=true',
        '--logout',
        'POST /api/auth/logout',
      ],
      ...['--user', 'a@b.example', '--password', 'file:password.txt', '--only', 'B11'],
    );
    expect(stdout).toContain('✔ B11');
    expect(code).toBe(0);
    // Nobody's account but its own is touched.
    expect(app.accounts()).toEqual(['a@b.example']);
  });

  it.each([
    [{ ...RECIPE, logot: {} }, 'has a part that is not known: "logot". Did you mean "logout"?'],
    [{ ...RECIPE, logout: { request: 'logout' } }, '/logout/request must look like POST /login'],
    [{ ...RECIPE, logout: undefined }, 'lacks "logout"'],
    [
      { ...RECIPE, users: [{ USER: 'a', PASSWORD: 'secret' }] },
      '/users/0/PASSWORD must look like env:AUDIT_PASSWORD',
    ],
    [
      { ...RECIPE, whoAmI: { request: 'GET /', signedIn: {} } },
      '/whoAmI/signedIn must be an object with status or',
    ],
    [[], 'the recipe must be an object'],
  ])('refuses a wrong recipe and says where: %#', async (recipe, message) => {
    const { run, write } = await sample();
    write('recipe.json', JSON.stringify(recipe));
    const { code, stderr } = await run('--recipe', 'recipe.json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('stops when the recipe cannot tell a user from a visitor', async () => {
    const { run, write } = await sample();
    write(
      'recipe.json',
      JSON.stringify({ ...RECIPE, whoAmI: { request: 'GET /', signedIn: { status: 200 } } }),
    );
    const { code, stderr } = await run('--recipe', 'recipe.json');
    expect(code).toBe(3);
    expect(stderr).toContain('the recipe cannot tell signed in from signed out');
  });

  it('prints no control characters of the app', async () => {
    const server = createServer((_request, response) => response.writeHead(401).end('\u001b[2Jno\u0007pe'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await runInProcess(['audit', url], temporaryDirectory());
    expect(code).toBe(3);
    expect(stderr).toContain('answered 401 ·[2Jno·pe');
  });

  it.each([
    [['https://example.org'], '--i-may-test example.org'],
    [['https://93.184.216.34'], '--i-may-test 93.184.216.34'],
    [['https://93.184.216.34', '--i-may-test', 'example.org'], '--i-may-test 93.184.216.34'],
    [['localhost:3443'], 'is not an http or https address'],
    [['https://localhost/path'], "with --home 'GET /path'"],
    [['https://localhost', 'https://localhost'], 'is a second address'],
    [['https://localhost', '--onyl', 'B6'], 'Did you mean --only?'],
    [['https://localhost', '--only', 'B99'], 'there is no check B99'],
    [['https://localhost', '--fail-under', 'E'], 'is not a grade'],
    [['https://localhost', '--wait', '5'], 'has no unit'],
    [['https://localhost', '--recipe'], '--recipe needs a value'],
    [['https://localhost', '--recipe', 'none.json'], 'none.json cannot be read'],
    [['https://localhost', '--json=yes'], 'takes no value'],
    [['https://localhost', '--login', 'POST /login'], '--login needs either --form or --body'],
    [
      [
        'https://localhost',
        '--password',
        'x',
        '--login',
        'POST /l',
        '--form',
        'a=b',
        '--whoami',
        'GET /',
        '--logout',
        'POST /o',
      ],
      '/users/0/PASSWORD',
    ],
    [[], 'audit needs an address'],
  ])('exits 2 with %j', async (args, message) => {
    const { code, stderr } = await runInProcess(['audit', ...args], temporaryDirectory());
    // Unless there is a network, the name example.org is not known.
    if (args[0] === 'https://example.org' && code === 3) return;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('exits 130 on Ctrl-C, and removes the accounts it made all the same', async () => {
    const { app, cwd } = await sample();
    const child = startProgram(['audit', app.url], { cwd });
    let isUnderWay = false;
    child.stdout.on('data', (text) => {
      isUnderWay ||= String(text).includes('✔ B6');
      if (isUnderWay) child.kill('SIGINT');
    });
    const { code, stderr } = await ended(child);
    expect({ code, isUnderWay, accounts: app.accounts() }).toEqual({
      code: 130,
      isUnderWay: true,
      accounts: [],
    });
    expect(stderr).toContain('Cancelled.');
  });

  it('refuses flags that npm consumed', async () => {
    const { code, stderr } = await runInProcess(['audit', 'https://localhost'], temporaryDirectory(), '', {
      npm_config_timeouts: 'true',
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('npm consumed --timeouts') });
  });

  it('writes nothing unless it is asked to', async () => {
    const { run, cwd } = await sample();
    await run('--only', 'B1');
    expect(listFiles(cwd)).toEqual(['certs/ca.pem']);
  });

  it('proposes a recipe from a recording, without what was typed', async () => {
    const cwd = temporaryDirectory();
    const entry = (method: string, path: string, mimeType: string, postData?: object) => ({
      request: { method, url: `https://app.example${path}`, ...(postData && { postData }) },
      response: { status: 200, headers: [], content: { mimeType } },
    });
    const login = {
      mimeType: 'application/x-www-form-urlencoded',
      text: 'user%5Bemail%5D=me%40x.org&user%5Bpassword%5D=hunter2hunter2&_csrf=0123456789abcdef',
    };
    const entries = [
      entry('GET', '/login', 'text/html'),
      entry('POST', '/login', 'text/html', login),
      entry('GET', '/api/me', 'application/json'),
      entry('POST', '/sign-out', 'text/html'),
    ];
    writeFileSync(join(cwd, 'a.har'), JSON.stringify({ log: { entries } }));
    const { code, stdout } = await runInProcess(['audit', '--har', 'a.har'], cwd);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/hunter2|me@x|0123456789abcdef/);
    expect(JSON.parse(stdout)).toMatchObject({
      origin: 'https://app.example',
      login: {
        request: 'POST /login',
        form: { 'user[email]': '${USER}', 'user[password]': '${PASSWORD}', _csrf: '' },
      },
      whoAmI: { request: 'GET /api/me' },
      logout: { request: 'POST /sign-out' },
    });
  });

  it('prints its schema and its help', async () => {
    const schema = await runInProcess(['audit', '--print-schema'], '/');
    expect(JSON.parse(schema.stdout)).toMatchObject({ required: ['login', 'whoAmI', 'logout'] });
    // Published there. To write it again: node bin/create-secure-session-app.js audit --print-schema
    expect(JSON.parse(readFileSync('docs/audit-recipe.schema.json', 'utf8'))).toEqual(
      JSON.parse(schema.stdout),
    );
    expect((await runInProcess(['audit', '--help'], '/')).stdout).toContain('--i-may-test HOST');
  });
});

async function fetchFrom(app: { url: string; ca: string }, path: string, body: string): Promise<void> {
  const { request } = await import('node:https');
  const headers = { 'Content-Type': 'application/json', Origin: app.url };
  await new Promise<void>((done, reject) => {
    request(
      app.url + path,
      { method: 'POST', ca: app.ca, headers },
      (answer) => void answer.resume().on('end', done),
    )
      .on('error', reject)
      .end(body);
  });
}
