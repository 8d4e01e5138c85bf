import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { FORM_APP_FLAGS, type FormApp, formApp, PASSWORD, serve } from './support/form-app.ts';

/** `--login-page`: the login is found in the page, and nothing is guessed where a person would hesitate. */

async function auditOf(options: FormApp, ...flags: readonly string[]) {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'password.txt'), PASSWORD);
  const url = await serve(formApp(options));
  const login = ['--login-page', '/login', ...FORM_APP_FLAGS];
  return runInProcess(['audit', url, ...login, '--only', 'B6,B11', ...flags], cwd);
}

const hidden = (value: string) => `<input type="hidden" name="_csrf" value="${value}">`;

describe('audit --login-page', () => {
  it('finds the login among other forms, with the token that is good for it alone', async () => {
    const { code, stdout } = await auditOf({
      withToken: ['/login'],
      loginPage: (tokenFor) => `
        <!-- <form action="/old" method="post"><input name="user"><input type="password" name="password"></form> -->
        <form action="/search"><input name="q"></form>
        <form action="/newsletter" method="post">${hidden(tokenFor('/newsletter'))}<input name="email" type="email"></form>
        <form action="/register" method="post">${hidden(tokenFor('/register'))}<input name="user">
          <input type="password" name="password" autocomplete="new-password"></form>
        <form action="/login" method=post>${hidden(tokenFor('/login'))}
          <input name="user"><input type=password name="password">
          <label><input type="checkbox" name="remember"> stay</label><button name="go" value="1">Sign in</button>
        </form>`,
    });
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the form of /login signs in by POST /login with user and password, and the token _csrf',
    );
    expect(stdout).toMatch(/✔ B6 .*\n✔ B11 /);
    expect(code).toBe(0);
  });

  it('takes the token of the page that the login leads users on to', async () => {
    const { code, stdout } = await auditOf({
      withToken: ['/login', '/logout'],
      leadsOn: true,
      loginPage: (tokenFor) => `<form method="post">${hidden(tokenFor('/login'))}
        <input name="user" autocomplete="username"><input type="password" name="password"></form>`,
      homePage: (tokenFor) => `<form method="post" action="/logout">${hidden(tokenFor('/logout'))}</form>`,
    });
    expect(stdout).toMatch(/✔ B6 .*\n✔ B11 /);
    expect(code).toBe(0);
  });

  const fields = '<input name="user"><input type="password" name="password">';
  it.each([
    [
      '<div id="root"></div><script>"<form><input type=password name=p></form>"</script>',
      'it has no form with a password field; a script may make one',
    ],
    [
      `<form method="post" action="https://sso.example/login">${fields}</form>`,
      'its form signs in at https://sso.example, another origin',
    ],
    [`<form>${fields}</form>`, 'its form sends the password by GET'],
    [
      `<form method="post">${fields}</form><form method="post">${fields}</form>`,
      'it has 2 forms with a password field, and none is plainly the login',
    ],
    [
      `<form method="post"><input name="a"><input name="b"><input type="password" name="c"></form>`,
      'its form has no field that is plainly the name of the user',
    ],
    [
      `<form method="post">${fields}${hidden('a')}<input type="hidden" name="nonce" value="b"></form>`,
      'its form has several values that may be tokens: _csrf, nonce',
    ],
  ])('exits 3 where it cannot tell: %#', async (page, reason) => {
    const { code, stderr } = await auditOf({ loginPage: () => page });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining(`no login was found in /login: ${reason}`),
    });
    expect(stderr).toContain('Pass --login and --form, or --recipe, or --har.');
  });

  it.each([
    [['--form', 'a=b'], '--login-page finds out what --form says: pass one of them'],
    [['--logout', 'logout'], '/logout/request must look like POST /login'],
  ])('exits 2 with %j too', async (flags, message) => {
    const login = ['--login-page', '/login', '--whoami', 'GET /me', '--user', 'a', '--password', 'env:P'];
    const all = flags.includes('--logout') ? flags : [...flags, '--logout', 'POST /logout'];
    const { code, stderr } = await runInProcess(
      ['audit', 'http://localhost', ...login, ...all],
      temporaryDirectory(),
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
