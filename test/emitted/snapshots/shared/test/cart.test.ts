/** What may a visitor keep before signing in, and what becomes of it? Goes when you delete the example of the cart. */
import { describe, expect, vi } from 'vitest';
import * as policy from '../src/security-policy.ts';
import { keyOf, newSessionId } from '../src/session/store.ts';
import { it, SECRET } from './support/app.ts';
import { type Browser, idIn } from './support/browser.ts';
import { logIn, recordOf, signedIn, signIn } from './support/fixtures.ts';
import { signedCookie } from './support/framework.ts';

const CART = { items: [{ sku: 'tea', quantity: 2 }] };
const EMPTY = { items: [] };

const put = (browser: Browser, body: unknown = CART) => browser.put('/api/cart', body);
const cartOf = async (browser: Browser) => (await browser.get('/api/cart')).body;

describe('a visitor', () => {
  it('gets no cookie and costs the database nothing until there is something to keep', async ({ app }) => {
    const browser = app.browser();
    const calls = await app.faults.callsOf(async () => {
      const [session, cart] = [await browser.get('/api/session'), await browser.get('/api/cart')];
      expect([session.body, session.cookies]).toEqual([{ authenticated: false }, []]);
      expect([cart.body, cart.cookies]).toEqual([EMPTY, []]);
    });
    expect(calls).toEqual([]);
  });

  it('keeps a cart from request to request, by a cookie that is sent once', async ({ app }) => {
    const browser = app.browser();
    expect((await put(browser)).body).toEqual(CART);
    expect(await cartOf(browser)).toEqual(CART);
    expect((await put(browser, EMPTY)).cookies).toEqual([]);
    expect(await cartOf(browser)).toEqual(EMPTY);
  });

  it('gets a cookie with the attributes that the one of a user has', async ({ app }) => {
    const [first, second] = [await put(app.browser()), await signIn(app.browser(), await signedIn(app))];
    const attributesOf = (lines: string[]) =>
      lines
        .find((line) => line.startsWith(`${policy.COOKIE_NAME}=`))
        ?.replace(/^[^;]*|; Expires=[^;]*/gi, '')
        .split('; ')
        .sort();
    expect(attributesOf(first.cookies)).toEqual(attributesOf(second.cookies));
  });

  it('gets an id that the server made, whatever cookie was there', async ({ app }) => {
    const id = newSessionId();
    const browser = app.browser();
    await browser.plant(signedCookie(id, SECRET));
    await put(browser);
    expect(idIn(await browser.cookie())).not.toBe(id);
    expect(await app.records.sessions.read(keyOf(id))).toBeNull();
  });

  it('loses the cart after the idle time-out for visitors', async ({ app }) => {
    const browser = app.browser();
    await put(browser);
    const fill = async () => (await put(browser)).body;
    for (const use of [cartOf, cartOf, fill, cartOf]) {
      app.clock.now += policy.ANONYMOUS_IDLE_TIMEOUT_MS - policy.TOUCH_INTERVAL_MS;
      expect(await use(browser)).toEqual(CART);
    }
    app.clock.now += policy.ANONYMOUS_IDLE_TIMEOUT_MS;
    expect(await cartOf(browser)).toEqual(EMPTY);
  });

  it.for([
    ['an address', 0],
    ['an IPv6 network of 64 bits, which one client owns', 1],
  ] as const)('cannot fill the database: new sessions of %s are throttled', async ([, step], { app }) => {
    const network = `2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}`;
    const statuses: number[] = [];
    while (statuses.length < policy.ANONYMOUS_SESSION_LIMIT.points + 2) {
      statuses.push((await put(app.browser(`${network}::${1 + step * statuses.length}`))).status);
    }
    expect(statuses).toEqual([...Array(policy.ANONYMOUS_SESSION_LIMIT.points).fill(200), 429, 429]);
  });

  it('cannot keep what is no item, nor more than the limits allow', async ({ app }) => {
    const lines = Array.from({ length: policy.MAX_CART_LINES + 1 }, (_, index) => ({ sku: `s${index}`, quantity: 1 }));
    const many = { sku: 'tea', quantity: policy.MAX_CART_ITEMS };
    const skus = ['x'.repeat(65), '<b>', ''].map((sku) => ({ sku, quantity: 1 }));
    const quantities = [0, -1, 1.5, '1'].map((quantity) => ({ sku: 'tea', quantity }));
    for (const items of [lines, [many, { sku: 'b', quantity: 1 }], ...[...skus, ...quantities].map((item) => [item])]) {
      expect([items, (await put(app.browser(), { items })).status]).toEqual([items, 400]);
    }
  });

  it('cannot keep anything beside the two values of an item', async ({ app }) => {
    const items = [{ sku: 'tea', quantity: 1, price: 0 }];
    expect((await put(app.browser(), { items })).body).toEqual({ items: [{ sku: 'tea', quantity: 1 }] });
  });
});

describe('a cart', () => {
  it('is the same after a login, under the new id', async ({ app }) => {
    const person = await signedIn(app);
    const browser = app.browser();
    await put(browser);
    await logIn(app, person, browser);
    expect(await cartOf(browser)).toEqual(CART);
  });

  it('is not shown to the next user of the browser, nor once the account is disabled', async ({ app }) => {
    const [first, second] = [await signedIn(app), await signedIn(app)];
    for (const { browser } of [first, second]) await put(browser);
    await app.records.users.disable(first.id);
    expect(await cartOf(first.browser)).toEqual(EMPTY);
    await logIn(app, await signedIn(app), second.browser);
    expect(await cartOf(second.browser)).toEqual(EMPTY);
  });

  it('costs one write to the database', async ({ app }) => {
    const { browser } = await signedIn(app);
    const calls = await app.faults.callsOf(() => put(browser));
    expect(calls).toEqual(['sessions.read', 'users.findById', 'sessions.update']);
  });

  it.for([
    ['new', 'sessions.insert'],
    ['changed', 'sessions.update'],
  ] as const)('that is %s and could not be kept is a 503', async ([_name, call], { app }) => {
    const browser = call === 'sessions.insert' ? app.browser() : (await signedIn(app)).browser;
    app.faults.fail(call);
    const answer = await put(browser);
    app.faults.clear();
    expect(answer).toMatchObject({ status: 503, code: 'unavailable', cookies: [] });
    expect(await cartOf(browser)).toEqual(EMPTY);
  });

  it('cannot be written by a session that ends meanwhile, nor bring it back', async ({ app }) => {
    const { browser } = await signedIn(app);
    const thief = await browser.copy();
    const update = app.faults.holdNext('sessions.update');
    const write = put(thief);
    await Promise.race([update.reached, write]);
    await browser.post('/api/auth/logout');
    update.release();
    const { status, cookies } = await write;
    expect({ status, cookies }).toEqual({ status: 401, cookies: [] });
    expect((await thief.get('/api/sessions')).status).toBe(401);
    expect(await recordOf(app, thief)).toBeNull();
  });

  const itWhenPersistent = it.runIf(policy.COOKIE_LIFETIME === 'absolute');
  itWhenPersistent('leaves the end of a persistent cookie as it was, however long it takes', async ({ app }) => {
    const person = await signedIn(app);
    const endIn = (line = '') => Date.parse(/; Expires=([^;]+)/i.exec(line)?.[1] ?? '');
    const browser = app.browser();
    const { cookies } = await signIn(browser, person);
    app.clock.now += policy.TOUCH_INTERVAL_MS;
    const update = app.faults.holdNext('sessions.update');
    const write = put(browser);
    await Promise.race([update.reached, write]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 }); // the write takes a minute
    update.release();
    const written = await write;
    vi.useRealTimers();
    for (const line of written.cookies) expect(endIn(line)).toBe(endIn(cookies[0]));
  });
});
