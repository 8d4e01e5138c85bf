/** Is the session cookie kept from scripts, other sites and other hosts, and is it the only way to a session? */
import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import * as policy from '../src/security-policy.ts';
import { keyOf, newSessionId } from '../src/session/store.ts';
import { it, SECRET, type TestApp } from './support/app.ts';
import { type Answer, type Browser, idIn } from './support/browser.ts';
import { confirm, isSignedIn, logIn, recordOf, register, signedIn, signIn, wholeFlow } from './support/fixtures.ts';
import { signedCookie } from './support/framework.ts';

describe('each Set-Cookie of the whole flow', () => {
  let answers: Answer[];
  let lines: string[];
  it.beforeAll(async ({ app }) => {
    answers = await wholeFlow(app);
    lines = answers.flatMap(({ cookies }) => cookies);
  });

  it('is for the session, or after a password for the browser, which the end of the account forgets', () => {
    const names = answers.map(({ cookies }) => cookies.map((line) => line.split('=', 1)[0]).sort());
    const both = [policy.DEVICE_COOKIE_NAME, policy.COOKIE_NAME].sort();
    expect(names).toEqual([both, both, both, [policy.COOKIE_NAME], both, both]);
    for (const line of answers.at(-1)?.cookies ?? []) expect(line).toMatch(/^[^=]+=;.*(Max-Age=0|01 Jan 1970)/);
  });

  it.for([
    ['is Secure, so that it never travels in clear', '; Secure(;|$)'],
    ['is HttpOnly, so that an injected script cannot read it', '; HttpOnly(;|$)'],
    [
      'names its SameSite, as browsers differ where it is absent',
      `; SameSite=(${policy.COOKIE_SAME_SITE}|strict)(;|$)`,
    ],
    ['belongs to this host and the path / alone, as __Host- asks', '^(?!.*; Domain=).*; Path=/(;|$)'],
    ['fits into 4096 bytes', '^.{1,4095}$'],
  ] as const)('%s', ([, pattern]) => {
    for (const line of lines) expect(line).toMatch(new RegExp(pattern, 'i'));
  });

  it('has a name with a prefix that browsers enforce, so that no sub-domain and no plain page plants one', () => {
    expect(policy.COOKIE_NAME).toMatch(/^__Host-/);
    for (const line of lines) expect(line).toMatch(/^__(Host|Secure)-/);
  });

  it('has a name that tells nothing of the software behind it', () => {
    expect(policy.COOKIE_NAME).not.toMatch(
      /connect\.sid|koa[.:]s|sessionId|jsessionid|phpsessid|asp\.net|express|fastify/i,
    );
  });

  it('comes with an answer that no cache may keep', () => {
    for (const { headers } of answers) expect(headers['cache-control']).toBe('no-store');
  });

  it('is kept as long as the policy says: longer, and the next person at this computer finds the session', () => {
    for (const line of lines.filter((line) => line.startsWith(`${policy.COOKIE_NAME}=`) && !/^[^=]+=;/.test(line))) {
      expect(line).not.toMatch(/; Max-Age=/i);
      expect(/; Expires=/i.test(line)).toBe(policy.COOKIE_LIFETIME === 'absolute');
    }
  });
});

describe.runIf(policy.COOKIE_LIFETIME === 'absolute')('a persistent cookie', () => {
  it('ends with its session', async ({ app }) => {
    const { browser, ...person } = await signedIn(app);
    const end = () => Math.floor((app.clock.now + policy.ABSOLUTE_TIMEOUT_MS) / 1000) * 1000;
    expect(expiresIn(await signIn(browser, person))).toEqual([end()]);
    app.clock.now += policy.TOUCH_INTERVAL_MS;
    expect(expiresIn(await confirm(browser, person))).toEqual([end()]);
  });
});

describe('a session cookie', () => {
  it('with a forged, missing or foreign signature opens nothing', async ({ app }) => {
    const { browser } = await signedIn(app);
    const value = (await browser.cookie()) ?? '';
    const id = idIn(value);
    for (const wrong of [id, value.slice(0, -4), `${value}x`, signedCookie(id, 'another secret'), 'x', 's%3A', '%00']) {
      const headers = { cookie: `${policy.COOKIE_NAME}=${wrong}` };
      expect([wrong, (await app.browser().get('/api/sessions', { headers })).status]).toEqual([wrong, 401]);
    }
  });

  it('with an id that the server did not make opens nothing, even when it is signed', async ({ app }) => {
    const browser = app.browser();
    const planted = signedCookie(newSessionId(), SECRET);
    await browser.plant(planted);
    expect((await browser.get('/api/sessions')).status).toBe(401);
    expect(await browser.cookie()).toBe(planted);
    expect(await recordOf(app, browser)).toBeNull();
  });

  it('is sent when it is new and by no other answer: a late one would put it back over its successor', async ({
    app,
  }) => {
    const person = await signedIn(app);
    const late = await person.browser.copy();
    await expectNoCookie(late);
    await logIn(app, person, person.browser);
    await expectNoCookie(late); // of a session that has ended, not even a deletion
  });

  it('names a record that is kept under its SHA-256 alone, so that a leaked table opens nothing', async ({ app }) => {
    const { browser, id: userId } = await register(app);
    const id = idIn(await browser.cookie());
    const records = await app.records.sessions.listByUser(userId);
    expect(records.map(({ key }) => key)).toEqual([createHash('sha256').update(id).digest('base64url')]);
    expect(JSON.stringify(records)).not.toContain(id);
    expect(await app.records.sessions.read(id)).toBeNull();
    const thief = app.browser();
    await thief.plant(signedCookie(keyOf(id), SECRET));
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('counts in the Cookie header only: not in the query, another header or the body', async ({ app }) => {
    const { browser } = await signedIn(app);
    const value = (await browser.cookie()) ?? '';
    const { COOKIE_NAME } = policy;
    const headerNames = [COOKIE_NAME.toLowerCase(), 'x-session-id', 'x-session', 'session-id', 'sid', 'token'];
    const names = [COOKIE_NAME, 'sid', 'id', 'session', 'session_id', 'sessionId', 'token'];
    const stranger = app.browser();
    for (const form of [value, decodeURIComponent(value), idIn(value)]) {
      const as = (all: string[]) => Object.fromEntries(all.map((name) => [name, form]));
      const headers = { authorization: `Bearer ${form}`, ...as(headerNames) };
      const query = new URLSearchParams(as(names));
      expect((await stranger.get(`/api/sessions?${query}`, { headers })).status).toBe(401);
      expect((await stranger.post(`/api/auth/logout?${query}`, as(names), { headers })).status).toBe(204);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is the only place an id is sent: no header, no body and no log line repeats it', async ({ app }) => {
    const person = await signedIn(app);
    await logIn(app, person, person.browser);
    const id = idIn(await person.browser.cookie());
    for (const path of ['/api/session', '/api/sessions', '/api/nothing', '/']) {
      const { headers, text } = await person.browser.get(path);
      expect(JSON.stringify(headers) + text).not.toContain(id);
    }
    expect(app.logText()).not.toContain(id);
  });
});

it('secrets are replaced without signing anybody out: the first signs, all verify, a dropped one no longer does', async ({
  app,
  start,
}) => {
  const person = await signedIn(app);
  const old = (await person.browser.cookie()) ?? '';
  const next = 'the next secret of a test, long enough for anybody';
  const rotated = await start({ config: { secrets: [next, SECRET] }, clock: app.clock });
  const dropped = await start({ config: { secrets: [next] }, clock: app.clock });
  const isSignedInAt = async (at: TestApp, value = '') => {
    const browser = at.browser();
    await browser.plant(value);
    const isIn = await isSignedIn(browser);
    await expectNoCookie(browser);
    return isIn;
  };
  expect(await isSignedInAt(rotated, old)).toBe(true);
  expect(await isSignedInAt(dropped, old)).toBe(false);
  const renewed = await logIn(rotated, person);
  expect(await isSignedInAt(dropped, await renewed.cookie())).toBe(true);
});

async function expectNoCookie(browser: Browser): Promise<void> {
  for (const path of ['/api/session', '/api/sessions', '/api/nothing', '/'])
    expect((await browser.get(path)).cookies).toEqual([]);
}

function expiresIn({ cookies }: Answer): number[] {
  return cookies.map((line) => Date.parse(/; Expires=([^;]+)/i.exec(line)?.[1] ?? ''));
}
