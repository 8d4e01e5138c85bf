import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ANONYMOUS_IDLE_TIMEOUT_MS,
  ANONYMOUS_SESSION_LIMIT,
  MAX_CART_ITEMS,
  MAX_CART_LINES,
} from '../src/security-policy.ts';
import { keyOf } from '../src/session/keys.ts';
import { startApp, type TestApp } from './support/app.ts';
import { idIn } from './support/browser.ts';
import { logIn, register } from './support/people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const ITEMS = [{ sku: 'tea', quantity: 2 }];

describe('a visitor', () => {
  it('gets no cookie and costs the engine nothing until there is something to keep', async () => {
    const browser = app.browser();
    app.faults.calls.length = 0;
    const session = await browser.get('/api/session');
    const cart = await browser.get('/api/cart');
    expect(session.body).toEqual({ authenticated: false });
    expect(cart.body).toEqual({ items: [] });
    expect([...session.cookies, ...cart.cookies]).toEqual([]);
    expect(app.faults.calls).toEqual([]);
  });

  it('keeps a cart from request to request', async () => {
    const browser = app.browser();
    expect((await browser.put('/api/cart', { items: ITEMS })).body).toEqual({ items: ITEMS });
    expect((await browser.get('/api/cart')).body).toEqual({ items: ITEMS });
    await browser.put('/api/cart', { items: [] });
    expect((await browser.get('/api/cart')).body).toEqual({ items: [] });
  });

  it('loses it after the idle time-out for visitors', async () => {
    const browser = app.browser();
    await browser.put('/api/cart', { items: ITEMS });
    app.clock.now += ANONYMOUS_IDLE_TIMEOUT_MS;
    expect((await browser.get('/api/cart')).body).toEqual({ items: [] });
  });

  it('cannot fill the engine: new sessions of one address are throttled', async () => {
    const address = app.browser().address;
    const put = () => app.browser(address).put('/api/cart', { items: ITEMS });
    const answers = await Promise.all(Array.from({ length: ANONYMOUS_SESSION_LIMIT.points + 5 }, put));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(ANONYMOUS_SESSION_LIMIT.points);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  it('of IPv6 is throttled by its /64, which one client owns whole', async () => {
    const network = Math.floor(Math.random() * 0xffff).toString(16);
    const put = (host: number) => app.browser(`2001:db8:${network}::${host}`).put('/api/cart', { items: ITEMS });
    const hosts = Array.from({ length: ANONYMOUS_SESSION_LIMIT.points + 1 }, (_, index) => index + 1);
    const statuses = (await Promise.all(hosts.map(put))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  it.each([
    [{ sku: 'x'.repeat(65), quantity: 1 }],
    [{ sku: '<b>', quantity: 1 }],
    [{ sku: '', quantity: 1 }],
    [{ sku: 'tea', quantity: 0 }],
    [{ sku: 'tea', quantity: -1 }],
    [{ sku: 'tea', quantity: 1.5 }],
    [{ sku: 'tea', quantity: '1' }],
  ])('cannot keep what is no item: %j', async (item) => {
    expect((await app.browser().put('/api/cart', { items: [item] })).status).toBe(400);
  });

  it('cannot keep anything beside the two values of an item', async () => {
    const items = [{ sku: 'tea', quantity: 1, price: 0 }];
    expect((await app.browser().put('/api/cart', { items })).body).toEqual({ items: [{ sku: 'tea', quantity: 1 }] });
  });

  it('cannot keep more than the limits allow', async () => {
    const lines = Array.from({ length: MAX_CART_LINES + 1 }, (_, index) => ({ sku: `s${index}`, quantity: 1 }));
    const items = [
      { sku: 'a', quantity: MAX_CART_ITEMS },
      { sku: 'b', quantity: 1 },
    ];
    expect((await app.browser().put('/api/cart', { items: lines })).status).toBe(400);
    expect((await app.browser().put('/api/cart', { items })).status).toBe(400);
  });
});

describe('what crosses a login', () => {
  it('is the cart, and nothing else that was planted in the visitor session', async () => {
    const person = await register(app);
    const browser = app.browser();
    await browser.put('/api/cart', { items: ITEMS });
    app.clock.now += 1000; // what the visitor session says of its age counts no more
    const key = keyOf(idIn(await browser.cookie()));
    const record = await app.records.read(key);
    if (!record) throw new Error('the visitor has no session');
    await app.records.update(key, { ...record.content, ...{ isAdmin: true } });

    await logIn(app, person, browser);
    const after = await app.records.read(keyOf(idIn(await browser.cookie())));
    expect(after?.content.cart).toEqual(ITEMS);
    expect(Object.keys(after?.content ?? {}).sort()).toEqual(['cart', 'client', 'createdAt', 'renewedAt', 'user']);
    expect(after?.content.renewedAt).toBe(app.clock.now);
  });
});
