import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emit } from './support/emit.ts';
import { runSuite } from './support/scripts.ts';

/**
 * The sign-in of a generated project against oidc-provider, which is certified and not ours: what the development
 * provider and the app agree on by mistake, these two do not. What needs a provider that changes its keys or its clock
 * stays with the development provider.
 */

const FILES = ['sign-in', 'sign-in-attacks', 're-sign-in', 'accounts', 'back-channel'];

/** Goes on until the provider leads back to the app, and signs in where it asks. */
const VISIT = `export async function visitProvider(browser: Browser, { login }: Person, address: string): Promise<string> {
  const asking = new URL(address);
  asking.searchParams.set('prompt', 'login');
  return travel(browser, asking.href, login);
}

/** Passes by there, where the browser is signed in already and nobody asks. */
export async function passProvider(browser: Browser, address: string): Promise<string> {
  return travel(browser, address, '');
}

export async function leaveProvider(browser: Browser, issuer: string): Promise<void> {
  const page = await browser.get(\`\${issuer}/logout\`);
  await submit(browser, page, { logout: 'yes' });
}

/** Sends the form of a page, which a browser would do by a script or a click. */
function submit(browser: Browser, { text }: Answer, more: object): Promise<Answer> {
  const action = /action="([^"]+)"/.exec(text)?.[1] ?? '';
  const hidden = [...text.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...more }).toString();
  return browser.post(action, body, { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
}

async function travel(browser: Browser, address: string, login: string): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  let url = new URL(address);
  const { origin } = url;
  let answer = await browser.get(url.href);
  for (let step = 0; step < 10; step += 1) {
    if (answer.status === 200 && url.pathname.startsWith('/interaction/') && login) {
      answer = await browser.post(url.href, new URLSearchParams({ login }).toString(), { headers });
    } else if (answer.headers.location) {
      url = new URL(answer.headers.location, url);
      if (url.origin !== origin) return url.search;
      answer = await browser.get(url.href);
    } else if (answer.status === 200 && answer.text.includes('<form')) {
      answer = await submit(browser, answer, { logout: 'yes' }); // somebody else was signed in there
    } else break;
  }
  throw new Error(\`the provider answered \${answer.status}: \${answer.text}\`);
}
`;

it('a project signs in at oidc-provider as at its own provider', { timeout: 300_000 }, async () => {
  const directory = await emit('my-app', ['--auth', 'oidc'], 'interoperability');
  copyFileSync('test/fixtures/oidc-provider/provider.ts', join(directory, 'test/support/provider.ts'));
  const fixtures = join(directory, 'test/support/fixtures.ts');
  const text = readFileSync(fixtures, 'utf8');
  const [start, end] = ['/** Signs in there, as whomever.', 'export function finish('].map((mark) =>
    text.indexOf(mark),
  );
  expect([start, end]).not.toContain(-1);
  writeFileSync(fixtures, `${text.slice(0, start)}${VISIT}\n${text.slice(end)}`);

  // oidc-provider ends the session of whoever was signed in there before, and says so: then it ends here, as it should.
  const reSignIn = join(directory, 'test/re-sign-in.test.ts');
  const title = "it('is of the same person, or the session in use stays as it is'";
  const tests = readFileSync(reSignIn, 'utf8');
  expect(tests).toContain(title);
  writeFileSync(reSignIn, tests.replace(title, title.replace('it(', 'it.skip(')));

  const { code, output, report } = await runSuite(
    directory,
    {},
    FILES.map((name) => `test/${name}.test.ts`),
  );
  expect(code, output).toBe(0);
  expect(report.passed).toBeGreaterThan(150);
});
