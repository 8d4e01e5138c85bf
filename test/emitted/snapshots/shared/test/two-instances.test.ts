import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_AND_ADDRESS_LIMIT } from '../src/security-policy.ts';
import { startApp, type TestApp } from './support/app.ts';
import { isSignedIn, logIn, PASSWORD, register } from './support/people.ts';

let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  one = await startApp();
  two = await startApp({ clock: one.clock });
});
afterAll(async () => {
  await one.close();
  await two.close();
});

/** The same cookies, sent to the other instance. */
async function atTwo(browser: Awaited<ReturnType<typeof register>>['browser']) {
  const other = two.browser(browser.address);
  await other.plant((await browser.cookie()) ?? '');
  return other;
}

describe('two instances on one engine', () => {
  it('share sessions, logouts and revocation', async () => {
    const person = await register(one);
    const other = await atTwo(person.browser);
    expect(await isSignedIn(other)).toBe(true);
    const second = await logIn(two, person);
    expect((await person.browser.delete('/api/sessions')).body).toEqual({ terminated: 1 });
    expect(await isSignedIn(second)).toBe(false);
    await other.post('/api/auth/logout');
    expect(await isSignedIn(person.browser)).toBe(false);
  });

  it('share what a password change ends', async () => {
    const person = await register(one);
    const second = await logIn(two, person);
    const body = { currentPassword: PASSWORD, newPassword: `${PASSWORD} again` };
    expect((await person.browser.post('/api/auth/password', body)).status).toBe(204);
    expect(await isSignedIn(second)).toBe(false);
  });

  it('share the throttle', async () => {
    const { email } = await register(one);
    const { address } = one.browser();
    for (let attempt = 0; attempt < ACCOUNT_AND_ADDRESS_LIMIT.points; attempt += 1) {
      const app = attempt % 2 ? one : two;
      await app.browser(address).post('/api/auth/login', { email, password: 'a wrong guess' });
    }
    const { status } = await two.browser(address).post('/api/auth/login', { email, password: PASSWORD });
    expect(status).toBe(429);
  });
});
