import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ABSOLUTE_TIMEOUT_MS,
  COOKIE_LIFETIME,
  COOKIE_NAME,
  COOKIE_SAME_SITE,
  TOUCH_INTERVAL_MS,
} from '../src/security-policy.ts';
import { keyOf, newSessionId } from '../src/session/keys.ts';
import { SECRET, startApp, type TestApp } from './support/app.ts';
import { type Answer, type Browser, idIn } from './support/browser.ts';
import { signedCookie } from './support/cookie-format.ts';
import { isSignedIn, logIn, PASSWORD, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Everything that sets a cookie, one after the other. */
async function wholeFlow(): Promise<{ set: Answer[]; deleted: Answer[] }> {
  const browser = app.browser();
  const set = [await browser.put('/api/cart', { items: [] })];
  const person = { email: `${newSessionId()}@example.test`, password: PASSWORD };
  set.push(await browser.post('/api/auth/register', person));
  set.push(await browser.post('/api/auth/reauthenticate', { password: PASSWORD }));
  const newPassword = `${PASSWORD} and again`;
  set.push(await browser.post('/api/auth/password', { currentPassword: PASSWORD, newPassword }));
  const deleted = [await browser.post('/api/auth/logout')];
  set.push(await browser.post('/api/auth/login', { email: person.email, password: newPassword }));
  deleted.push(await browser.delete('/api/account'));
  return { set, deleted };
}

describe('each Set-Cookie of the whole flow', () => {
  let flow: Awaited<ReturnType<typeof wholeFlow>>;
  let lines: string[];
  beforeAll(async () => {
    flow = await wholeFlow();
    lines = [...flow.set, ...flow.deleted].flatMap(({ cookies }) => cookies);
  });

  it('stands in every answer that should have one', () => {
    for (const { cookies } of [...flow.set, ...flow.deleted]) expect(cookies.length).toBeGreaterThanOrEqual(1);
  });

  it('is the only one of its answer', () => {
    for (const { cookies } of [...flow.set, ...flow.deleted]) expect(cookies.length).toBeLessThan(2);
  });

  it('is Secure, so that it never travels in clear', () => {
    for (const line of lines) expect(line).toMatch(/; Secure(;|$)/i);
  });

  it('is HttpOnly, so that an injected script cannot read it', () => {
    for (const line of lines) expect(line).toMatch(/; HttpOnly(;|$)/i);
  });

  it('names its SameSite, as browsers differ where it is absent', () => {
    for (const line of lines) expect(line).toMatch(new RegExp(`; SameSite=${COOKIE_SAME_SITE}(;|$)`, 'i'));
  });

  it('has a name whose prefix browsers enforce, so that no sub-domain and no plain page plants one', () => {
    expect(COOKIE_NAME).toMatch(/^__(Host|Secure)-/);
  });

  it('belongs to this host and the path / alone, as the __Host- prefix asks', () => {
    for (const line of lines) {
      expect(line.startsWith(COOKIE_NAME)).toBe(true);
      expect(line).toMatch(/; Path=\/(;|$)/i);
      expect(line).not.toMatch(/; Domain=/i);
    }
  });

  it('has a name that tells nothing of the software behind it', () => {
    expect(COOKIE_NAME).not.toMatch(/connect\.sid|koa[.:]s|sessionId|jsessionid|phpsessid|asp\.net|express|fastify/i);
  });

  it('fits into 4096 bytes', () => {
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(4096);
  });

  it('comes with an answer that no cache may keep', () => {
    for (const { headers } of [...flow.set, ...flow.deleted]) expect(headers['cache-control']).toBe('no-store');
  });

  it('is kept as long as the policy says: longer, and the next person at this computer finds the session', () => {
    const signedIn = flow.set.slice(1).flatMap(({ cookies }) => cookies);
    for (const line of signedIn) {
      expect(line).not.toMatch(/; Max-Age=/i);
      expect(/; Expires=/i.test(line)).toBe(COOKIE_LIFETIME === 'absolute');
    }
  });
});

describe.runIf(COOKIE_LIFETIME === 'absolute')('a persistent cookie', () => {
  const ends = ({ cookies }: Answer) => cookies.map((line) => Date.parse(/; Expires=([^;]+)/i.exec(line)?.[1] ?? ''));
  const wholeSecond = (time: number) => time - (time % 1000);

  it('ends with its session, and a later write leaves that as it was', async () => {
    const browser = app.browser();
    const end = wholeSecond(app.clock.now + ABSOLUTE_TIMEOUT_MS);
    const person = { email: `${newSessionId()}@example.test`, password: PASSWORD };
    expect(ends(await browser.post('/api/auth/register', person))).toEqual([end]);
    app.clock.now += TOUCH_INTERVAL_MS;
    const update = app.faults.holdNext('sessions.update');
    const writing = browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    await update.reached;
    await new Promise((wait) => setTimeout(wait, 1100)); // an end counted from the answer would be another second
    update.release();
    const written = await writing;
    for (const later of ends(written)) expect(later).toBe(end);
    const renewed = await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
    expect(ends(renewed)).toEqual([wholeSecond(app.clock.now + ABSOLUTE_TIMEOUT_MS)]);
  });

  it('ends no later because the engine was slow', async () => {
    const { browser } = await register(app);
    const end = wholeSecond(app.clock.now + ABSOLUTE_TIMEOUT_MS);
    const update = app.faults.holdNext('sessions.update');
    const writing = browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    await update.reached;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    update.release();
    for (const later of ends(await writing)) expect(later).toBe(end);
  });
});

describe('a session cookie', () => {
  it('with a forged, missing or foreign signature opens nothing', async () => {
    const { browser } = await register(app);
    const value = (await browser.cookie()) ?? '';
    const id = idIn(value);
    for (const wrong of [id, value.slice(0, -4), `${value}x`, signedCookie(id, 'another secret'), 'x', 's%3A', '%00']) {
      const thief = app.browser();
      const { status } = await thief.get('/api/sessions', { headers: { cookie: `${COOKIE_NAME}=${wrong}` } });
      expect(status).toBe(401);
    }
  });

  it('with an id that the server did not make is not adopted, even when it is signed', async () => {
    const id = newSessionId();
    const browser = app.browser();
    await browser.plant(signedCookie(id, SECRET));
    await browser.put('/api/cart', { items: [{ sku: 'tea', quantity: 1 }] });
    expect(idIn(await browser.cookie())).not.toBe(id);
    expect(await app.records.read(keyOf(id))).toBeNull();
  });

  it('is sent when it is new and by no other answer: a slow one would put it back over its successor', async () => {
    const person = await register(app);
    const late = await person.browser.copy();
    await expectNoCookie(late);
    await logIn(app, person, person.browser);
    await expectNoCookie(late); // of a session that has ended, not even a deletion
  });

  it('names a record that is kept under its SHA-256 alone, so that a leaked table opens nothing', async () => {
    const { browser, id: userId } = await register(app);
    const id = idIn(await browser.cookie());
    const records = await app.records.listByUser(userId);
    expect(records.map(({ key }) => key)).toEqual([createHash('sha256').update(id).digest('base64url')]);
    expect(JSON.stringify(records)).not.toContain(id);
    expect(await app.records.read(id)).toBeNull();
    const thief = app.browser();
    await thief.plant(signedCookie(records[0]?.key ?? '', SECRET));
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('counts in the Cookie header only: not in the query, another header or the body', async () => {
    const { browser } = await register(app);
    const value = (await browser.cookie()) ?? '';
    const stranger = app.browser();
    const name = encodeURIComponent(COOKIE_NAME);
    const headers = { authorization: `Bearer ${value}`, 'x-session-id': value, [COOKIE_NAME.toLowerCase()]: value };
    expect((await stranger.get(`/api/sessions?${name}=${value}&id=${value}`, { headers })).status).toBe(401);
    expect((await stranger.put(`/api/cart?${name}=${value}`, { items: [], [COOKIE_NAME]: value })).status).toBe(200);
    expect(await isSignedIn(stranger)).toBe(false);
  });

  it('is the only place an id is sent: no header, no body and no log line repeats it', async () => {
    const person = await register(app);
    await logIn(app, person, person.browser);
    const value = (await person.browser.cookie()) ?? '';
    const id = idIn(value);
    for (const path of ['/api/session', '/api/sessions', '/api/cart', '/api/nothing', `/${id}/..`]) {
      const { headers, text } = await person.browser.get(path);
      expect(JSON.stringify(headers)).not.toContain(id);
      if (!path.includes(id)) expect(text).not.toContain(id);
    }
  });
});

describe('secrets', () => {
  it('are replaced without signing anybody out: the first signs, all verify, a dropped one counts no more', async () => {
    const person = await register(app);
    const value = (await person.browser.cookie()) ?? '';
    const next = 'the next secret of a test, long enough for anybody';
    const rotated = await startApp({ config: { secrets: [next, SECRET] } });
    const dropped = await startApp({ config: { secrets: [next] } });
    try {
      const browser = rotated.browser();
      await browser.plant(value);
      for (const path of ['/api/session', '/api/sessions']) expect((await browser.get(path)).cookies).toEqual([]);
      expect(await isSignedIn(browser)).toBe(true);

      const renewed = await logIn(rotated, person);
      const later = dropped.browser();
      await later.plant((await renewed.cookie()) ?? '');
      expect(await isSignedIn(later)).toBe(true);

      const old = dropped.browser();
      await old.plant(value);
      expect(await isSignedIn(old)).toBe(false);
    } finally {
      await rotated.close();
      await dropped.close();
    }
  });
});

async function expectNoCookie(browser: Browser): Promise<void> {
  for (const path of ['/api/session', '/api/sessions', '/api/cart', '/api/nothing', '/'])
    expect((await browser.get(path)).cookies).toEqual([]);
}
