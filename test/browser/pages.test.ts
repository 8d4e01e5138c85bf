import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDevelopmentCertificates } from '../../src/plan/certificates/certificate-authority.ts';
import { Complaints, chromiumTrusting } from '../support/browser-trust.ts';
import { emitProject, type RunningProject, runProject } from '../support/emitted-project.ts';

/**
 * The pages of a generated project in Chromium, with its certificate trusted. With SCREENSHOTS=FOLDER each test leaves
 * pictures there, for the eyes.
 */

vi.setConfig({ testTimeout: 60_000 });

const missing = ['chromium', 'certutil'].filter((tool) => spawnSync('which', [tool]).status !== 0);
if (missing.length > 0) {
  const reason = `not on the PATH: ${missing.join(', ')}`;
  if (process.env.REQUIRE_DATABASE) throw new Error(reason);
  console.warn(`Skips the browser tests, ${reason}.`);
}
const describeInBrowser = describe.skipIf(missing.length > 0);

const MINUTE_MS = 60_000;
const PASSWORD = 'a horse reads by candle light';
const NEW_PASSWORD = 'the horse has read enough by now';
const attackerCertificates = createDevelopmentCertificates(['localhost', 'evil.test']);
let directory: string;
let project: RunningProject;
let chromium: Awaited<ReturnType<typeof chromiumTrusting>>;
let context: BrowserContext;

beforeAll(async () => {
  directory = await emitProject('browser-pages');
  project = await runProject(directory);
  chromium = await chromiumTrusting(project.ca, attackerCertificates.ca);
  ({ context } = chromium);
  context.setDefaultTimeout(15_000);
}, 60_000);

afterAll(async () => {
  await chromium?.close();
  await project?.close();
}, 30_000);

describeInBrowser.each([
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
])('the pages at $width px', ({ width, height }) => {
  let page: Page;
  let email: string;
  let complaints: Complaints;

  beforeEach(async () => {
    await context.clearCookies();
    page = await context.newPage();
    await page.setViewportSize({ width, height });
    email = `${randomBytes(6).toString('hex')}@example.test`;
    complaints = new Complaints(page);
  });

  afterEach(async () => {
    await page.setViewportSize({ width: 320, height }); // the narrowest that WCAG 1.4.10 asks for
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.close();
    expect(complaints.texts).toEqual([]);
    expect(overflow, 'wider than the window').toBeLessThanOrEqual(0);
  });

  it('carry the cart of a visitor over the registration', async () => {
    await open('/');
    await see(page.getByText('You are not signed in.'));
    for (let times = 0; times < 3; times++) await page.getByRole('button', { name: 'One more tea' }).click();
    await page.getByRole('button', { name: 'One less tea' }).click();
    await expect.poll(storedCart).toEqual([{ sku: 'tea', quantity: 2 }]);
    await picture('home-visitor');
    const before = await sessionCookie();
    await page.getByRole('main').getByRole('link', { name: 'Register' }).click();
    await fillSignIn();
    await picture('register');
    await page.getByRole('button', { name: 'Register' }).click();
    await see(page.getByRole('heading', { name: 'Welcome back' }));
    await see(page.getByText(email));
    await expect.poll(() => page.getByLabel('Tea in your cart').textContent()).toBe('2');
    expect((await sessionCookie())?.value).not.toBe(before?.value);
    await picture('home-user');
  });

  it('keep the session cookie out of reach of scripts', async () => {
    await register();
    expect(await sessionCookie()).toMatchObject({ httpOnly: true, secure: true, path: '/', expires: -1 });
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  });

  it('show a password on request, and hide it again when it is sent', async () => {
    complaints.isRefusalWanted = true;
    await open('/login');
    const password = page.getByLabel('Password', { exact: true });
    await fillSignIn();
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await picture('password-shown');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page.getByText('Wrong email address or password.'));
    await see(page.getByRole('button', { name: 'Show password' }));
    expect(await password.getAttribute('type')).toBe('password');
  });

  it('can be used with the keyboard alone', async () => {
    await open('/register');
    // The browser focuses it in its own time; what is typed before goes nowhere.
    await see(page.locator('#email:focus'));
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await see(page.getByRole('heading', { name: 'Your account' }));
  });

  it('say in words what is wrong with a field, and go to it', async () => {
    complaints.isRefusalWanted = true;
    await open('/register');
    await page.getByLabel('Email address').fill('nobody');
    await page.getByLabel('Password', { exact: true }).fill('too short');
    await page.getByRole('button', { name: 'Register' }).click();
    await see(page.getByText('Email address: not an email address'));
    await see(page.getByText('Password: Use at least 15 characters'));
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('email');
    await picture('wrong-fields');
  });

  it('say how long to wait after too many attempts', async () => {
    complaints.isRefusalWanted = true;
    await open('/login');
    await page.evaluate(
      async (body) => {
        const headers = { 'Content-Type': 'application/json' };
        for (let times = 0; times < 10; times++)
          await fetch('/api/auth/login', { method: 'POST', headers, body });
      },
      JSON.stringify({ email, password: 'a wrong password' }),
    );
    await fillSignIn();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page.getByText(/Too many attempts.* Try again in \d+ (minute|second)s?\./));
    await picture('too-many-attempts');
  });

  it('lead a visitor from /account to /login and back after the login', async () => {
    complaints.isRefusalWanted = true;
    await register();
    await page.getByRole('button', { name: 'Log out' }).click();
    await see(page.getByText('You are not signed in.'));
    await open('/account');
    await page.waitForURL('**/login?returnTo=*');
    await fillSignIn('a wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page.getByText('Wrong email address or password.'));
    await picture('wrong-password');
    await fillSignIn();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page.getByRole('heading', { name: 'Your account' }));
    expect(page.url()).toBe(`${project.origin}/account`);
  });

  it('go to no other site after a login, whatever the address says', async () => {
    await open('/register?returnTo=//evil.example/');
    await fillSignIn();
    await page.getByRole('button', { name: 'Register' }).click();
    await see(page.getByRole('heading', { name: 'Your account' }));
    expect(page.url()).toBe(`${project.origin}/account`);
  });

  it('list the sessions and end another one', async () => {
    await register();
    const other = await signInElsewhere(
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    );
    await signInElsewhere('<script>window.injected = 1</script>');
    await open('/account');
    await see(page.getByText('<script>window.injected = 1</script>'));
    await picture('account');
    await page.getByRole('button', { name: 'End the session of Firefox on Linux' }).click();
    await see(page.getByText('The session of Firefox on Linux has ended.'));
    expect((await other.get('/api/sessions')).status).toBe(401);
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await see(page.getByText('1 other session has ended.'));
    expect(await page.locator('#sessions li').count()).toBe(1);
    expect(await page.evaluate(() => 'injected' in window)).toBe(false);
    await picture('sessions-ended');
  });

  it('ask for the password again when it was given long ago, and go on', async () => {
    complaints.isRefusalWanted = true;
    await register();
    await signInElsewhere('curl/8');
    await open('/account');
    project.clock.now += 11 * MINUTE_MS;
    const before = await sessionCookie();

    await page.getByRole('button', { name: 'End all other sessions' }).click();
    const dialog = page.getByRole('dialog');
    await see(dialog);
    await picture('reauthentication');
    await page.keyboard.press('Escape');
    await see(page.getByText('Nothing has changed.'));

    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await dialog.getByLabel('Password', { exact: true }).fill('a wrong password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await see(dialog.getByText('The password is wrong.'));
    await picture('reauthentication-wrong');
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await see(page.getByText('1 other session has ended.'));
    expect((await sessionCookie())?.value).not.toBe(before?.value);
  });

  it('change the password and end the other sessions', async () => {
    complaints.isRefusalWanted = true;
    await register();
    const other = await signInElsewhere('curl/8');
    await open('/account');
    await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill('too short');
    await page.getByRole('button', { name: 'Change password' }).click();
    await see(page.getByText('New password: Use at least 15 characters'));
    await picture('password-refused');
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await see(page.getByText('Your password has been changed'));
    await picture('password-changed');
    expect((await other.get('/api/sessions')).status).toBe(401);
    expect(await page.locator('#sessions li').count()).toBe(1);
  });

  it('show nothing of the account after a logout, not even going back', async () => {
    await register();
    await open('/account');
    await see(page.getByText(email));
    await open('/');
    await page.getByRole('button', { name: 'Log out' }).click();
    await see(page.getByText('You are not signed in.'));
    expect(await sessionCookie()).toBeUndefined();
    await page.goBack();
    await page.waitForURL('**/login?returnTo=*');
    await see(page.getByRole('heading', { name: 'Sign in' }));
    expect(await page.content()).not.toContain(email);
  });

  it('blank a page that is left, so that one kept in memory shows nothing', async () => {
    await register();
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    expect(await page.getByText(email).isVisible()).toBe(false);
    expect(await page.getByText('this session', { exact: true }).isVisible()).toBe(false);
    const reloaded = page.waitForEvent('load');
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await reloaded;
    await see(page.getByText(email));
  });

  it('notice, when they are looked at again, that another tab has logged out', async () => {
    await register();
    const tab = await context.newPage();
    await tab.goto(project.origin);
    await tab.getByRole('button', { name: 'Log out' }).click();
    await see(tab.getByText('You are not signed in.'));
    await tab.close();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await page.waitForURL('**/login?returnTo=*');
  });

  it('lead to /login when the session has ended', async () => {
    complaints.isRefusalWanted = true;
    await register();
    await signInElsewhere('curl/8');
    await open('/account');
    await page.waitForLoadState('networkidle');
    project.clock.now += 31 * MINUTE_MS;
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await page.waitForURL('**/login?returnTo=*');
  });

  it('delete the account', async () => {
    complaints.isRefusalWanted = true;
    await register();
    await open('/account');
    await page.getByText('Delete your account').click();
    await picture('deletion');
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await see(page.getByText('You are not signed in.'));
    await open('/login');
    await fillSignIn();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page.getByText('Wrong email address or password.'));
  });

  it('say that there is no such page, and lead to one', async () => {
    complaints.isRefusalWanted = true;
    expect((await open('/nothing-here'))?.status()).toBe(404);
    await see(page.getByRole('heading', { name: 'Not found' }));
    expect(await isStyled()).toBe(true);
    await picture('not-found');
    await page.getByRole('link', { name: 'Go to the start page' }).click();
    await see(page.getByText('You are not signed in.'));
  });

  it('say that something went wrong, without a detail', async () => {
    complaints.isRefusalWanted = true;
    project.faults.fail('ping', new Error('a detail'));
    expect((await open('/readyz').finally(() => project.faults.clear()))?.status()).toBe(500);
    await see(page.getByRole('heading', { name: 'Something went wrong' }));
    expect(await page.content()).not.toContain('a detail');
    expect(await isStyled()).toBe(true);
    await picture('error');
  });

  it('say that the server cannot be reached, and show neither a visitor nor a user', async () => {
    await context.route('**/api/session', (route) => route.abort());
    await open('/');
    await see(page.getByText('The server cannot be reached.'));
    expect(await page.locator('[data-for]:visible').count()).toBe(0);
    await picture('unreachable');
    await context.unroute('**/api/session');
    complaints.texts = complaints.texts.filter((text) => !text.includes('ERR_FAILED'));
  });

  const open = (path: string) => page.goto(`${project.origin}${path}`);

  const storedCart = () => page.evaluate(async () => (await (await fetch('/api/cart')).json()).items);

  /** By the app's own style sheet: the policy of content stops no part of the page. */
  const isStyled = () =>
    page.locator('main.narrow').evaluate((main) => getComputedStyle(main).maxWidth !== 'none');

  async function fillSignIn(password = PASSWORD): Promise<void> {
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
  }

  async function register(): Promise<void> {
    await open('/register');
    await fillSignIn();
    await page.getByRole('button', { name: 'Register' }).click();
    await see(page.getByRole('heading', { name: 'Your account' }));
    await see(page.getByText('this session', { exact: true }));
  }

  async function signInElsewhere(userAgent: string) {
    const browser = project.browser();
    const options = { headers: { 'user-agent': userAgent } };
    const { status } = await browser.post('/api/auth/login', { email, password: PASSWORD }, options);
    expect(status).toBe(200);
    return browser;
  }

  async function picture(name: string): Promise<void> {
    if (!process.env.SCREENSHOTS) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(process.env.SCREENSHOTS, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  }
});

describeInBrowser('an attacker of the pages', () => {
  let page: Page;
  let refusals: string[];
  let attacker: Server | undefined;

  beforeEach(async () => {
    await context.clearCookies();
    page = await context.newPage();
    refusals = [];
    page.on('console', (message) => message.type() === 'error' && refusals.push(message.text()));
    await page.goto(`${project.origin}/register`);
    await page.getByLabel('Email address').fill(`${randomBytes(6).toString('hex')}@example.test`);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Register' }).click();
    await see(page.getByText('this session', { exact: true }));
  });
  afterEach(async () => {
    await page.close();
    attacker?.close().closeAllConnections();
    attacker = undefined;
  });

  it('who injects into a page runs nothing, and is reported', async () => {
    const injected = `
      <script>window.injected = 'an inline script';</script>
      <img src="/none.svg" alt="" onerror="window.injected = 'an event handler'">
      <a id="link" href="javascript:window.injected = 'an address'">link</a>
      <p id="styled" style="color: rgb(1, 2, 3)">text</p>
      <base href="https://localhost:1/">`;
    const html = readFileSync(join(directory, 'public/index.html'), 'utf8');
    writeFileSync(join(directory, 'public/injected.html'), html.replace('<main>', `<main>${injected}`));
    await page.goto(`${project.origin}/injected`);
    await see(page.getByRole('heading', { name: 'Welcome back' }));
    await page.locator('#link').click();
    expect(await page.evaluate(() => ('injected' in window ? window.injected : 'nothing'))).toBe('nothing');
    expect(await page.locator('#styled').evaluate((text) => getComputedStyle(text).color)).not.toBe(
      'rgb(1, 2, 3)',
    );
    expect(await page.evaluate(() => document.baseURI)).toBe(`${project.origin}/injected`);
    expect(refusals.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThan(3);
    const isReported = () => project.log().some(({ event }) => event === 'csp_violation');
    await expect.poll(isReported, { timeout: 10_000 }).toBe(true);
  });

  it('whose text reaches a sink by mistake makes no markup of it', async () => {
    const attempt = () => page.evaluate(() => Object.assign(document.body, { innerHTML: '<b>text</b>' }));
    await expect(attempt()).rejects.toThrow(/TrustedHTML/);
  });

  it.each([
    ['a form', '<button>go</button>', 'application/x-www-form-urlencoded'],
    ['a form that passes JSON off as text', `<button name='{"a":"' value='"}'>go</button>`, 'text/plain'],
  ])('who sends %s from another origin changes nothing', async (_what, button, type) => {
    const action = `${project.origin}/api/auth/logout`;
    // Another port of localhost is the same site: the browser sends the cookie along, even a SameSite=Strict one.
    await page.goto(await host(`<form method="post" enctype="${type}" action="${action}">${button}</form>`));
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByRole('button').click();
    await see(page.getByText('cross_site'));
    expect(await (await sent).allHeaders()).toMatchObject({
      'sec-fetch-site': 'same-site',
      cookie: expect.stringContaining('__Host-id='),
    });
    await page.goto(`${project.origin}/account`);
    await see(page.getByText('this session', { exact: true }));
  });

  it('who sends a form from another site is sent without the cookie, and changes nothing', async () => {
    const action = `${project.origin}/api/auth/logout`;
    await page.goto(
      await host(`<form method="post" action="${action}"><button>go</button></form>`, 'evil.test'),
    );
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByRole('button').click();
    await see(page.getByText('cross_site'));
    const headers = await (await sent).allHeaders();
    expect(headers).toMatchObject({ 'sec-fetch-site': 'cross-site' });
    expect(headers).not.toHaveProperty('cookie');
    await page.goto(`${project.origin}/account`);
    await see(page.getByText('this session', { exact: true }));
  });

  it('who frames a page sees nothing in the frame', async () => {
    await page.goto(await host(`<iframe src="${project.origin}/account"></iframe>`));
    await expect.poll(() => refusals.join()).toContain("frame-ancestors 'none'");
  });

  /** Serves a page from another origin, with a certificate that the browser trusts. */
  async function host(html: string, name = 'localhost'): Promise<string> {
    const server = createServer(attackerCertificates, (_request, response) => {
      response.setHeader('Content-Type', 'text/html').end(html);
    });
    attacker = server;
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `https://${name}:${(server.address() as AddressInfo).port}/`;
  }
});

describeInBrowser('a browser that is closed and opened again', () => {
  it('has kept neither the session nor what the account showed', async () => {
    const own = await chromiumTrusting(project.ca);
    try {
      const page = await own.context.newPage();
      await page.goto(`${project.origin}/register`);
      await page.getByLabel('Email address').fill(`${randomBytes(6).toString('hex')}@example.test`);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Register' }).click();
      await see(page.getByText('this session', { exact: true }));
      // What would be kept: proves that the profile is the same one afterwards.
      const control = { name: 'kept', value: 'kept', url: project.origin, expires: Date.now() / 1000 + 3600 };
      await own.context.addCookies([control]);

      const context = await own.restart();
      // The device cookie signs nobody in: it keeps the throttle of passwords from shutting this browser out.
      expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-device', 'kept']);
      const again = await context.newPage();
      await again.goto(`${project.origin}/account`);
      await again.waitForURL('**/login?returnTo=*');
      expect(await again.evaluate(keptFor)).toEqual([]);
    } finally {
      await own.close();
    }
  });

  /** In the page: the storage that is used, and the answers that the HTTP cache still gives. */
  async function keptFor(): Promise<string[]> {
    const kept = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await caches.keys())];
    for (const path of ['/api/session', '/api/sessions', '/api/cart']) {
      const cached = await fetch(path, { cache: 'only-if-cached', mode: 'same-origin' }).catch(() => null);
      if (cached?.ok) kept.push(path);
    }
    return kept;
  }
});

const see = (locator: Locator) => locator.first().waitFor();

async function sessionCookie() {
  return (await context.cookies(project.origin)).find(({ name }) => name === '__Host-id');
}
