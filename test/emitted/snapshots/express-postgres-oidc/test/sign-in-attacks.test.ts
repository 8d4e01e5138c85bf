/** What do an attacker, a lying provider and a stolen address achieve at sign-in? Nothing, and the log says why. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect } from 'vitest';
import { signToken } from '../scripts/development-provider.ts';
import { SIGN_IN_COOKIE_NAME, SIGN_IN_LIFETIME_MS } from '../src/security-policy.ts';
import { SignInRefused } from '../src/sign-in/answers.ts';
import { createProvider } from '../src/sign-in/provider.ts';
import { createTickets } from '../src/tickets.ts';
import { it, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { begin, finish, isSignedIn, newPerson, signIn, visitProvider } from './support/fixtures.ts';

it.afterEach(({ app }) => {
  app.provider.idToken = (claims) => app.provider.sign(claims);
  app.provider.instead = null;
});

/** A browser that came back from the provider, and the query it brought. */
async function returned(app: TestApp, browser = app.browser()): Promise<{ browser: Browser; query: string }> {
  return { browser, query: await visitProvider(browser, newPerson(), await begin(browser)) };
}

async function expectRefusal(browser: Browser, query: string, status: number, code: string): Promise<void> {
  const answer = await finish(browser, query);
  expect(answer).toMatchObject({ status, code, cookies: [] });
  expect(await isSignedIn(browser)).toBe(false);
}

const withParameter = (query: string, name: string, value: string) => {
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return parameters.toString();
};

describe('the query that a browser brings back', () => {
  it('opens nothing in another browser (login CSRF), nor in one without a sign-in of its own', async ({ app }) => {
    const attackers = await returned(app);
    const victim = app.browser();
    await begin(victim);
    for (const browser of [victim, app.browser()]) {
      await expectRefusal(browser, attackers.query, 400, 'sign_in_expired');
    }
    expect((await finish(attackers.browser, attackers.query)).status).toBe(200);
  });

  it('works once, also of fifty at once, and a replay asks the provider nothing', async ({ app }) => {
    const { browser, query } = await returned(app);
    app.provider.calls.length = 0;
    const answers = await Promise.all(Array.from({ length: 50 }, () => finish(browser, query)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.map(({ status }) => status).filter((status) => status !== 200);
    expect(others.filter((status) => ![400, 503].includes(status))).toEqual([]);
    expect(app.provider.calls.filter((path) => path === '/token')).toHaveLength(1);
    expect((await finish(browser, query)).code).toBe('sign_in_expired');
  });

  it('works for ten minutes', async ({ start }) => {
    const app = await start();
    const [early, late] = [await returned(app), await returned(app)];
    app.clock.now += SIGN_IN_LIFETIME_MS - 1;
    expect((await finish(early.browser, early.query)).status).toBe(200);
    app.clock.now += 1;
    await expectRefusal(late.browser, late.query, 400, 'sign_in_expired');
  });

  it('asks the provider nothing without a ticket', async ({ app }) => {
    const browser = app.browser();
    await begin(browser);
    app.provider.calls.length = 0;
    await expectRefusal(browser, '?code=guessed&state=guessed', 400, 'sign_in_expired');
    expect(app.provider.calls).toEqual([]);
  });

  it.for([
    ['no state', () => '?code=x'],
    ['two states', (query: string) => `${query}&state=another`],
    ['the same state twice', (query: string) => `${query}&state=${new URLSearchParams(query).get('state')}`],
    ['more than 8,000 characters', (query: string) => `${query}&x=${'x'.repeat(8000)}`],
  ] as const)('with %s is refused before a ticket is spent', async ([, change], { app }) => {
    const { browser, query } = await returned(app);
    await expectRefusal(browser, change(query), 400, 'invalid_input');
    expect((await finish(browser, query)).status).toBe(200);
  });

  it.for([undefined, null, 1, {}, ['?state=x']])('that is no text is a 400: %j', async (query, { app }) => {
    const answer = await app.browser().post('/api/auth/sign-in/finish', { query });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  it.for([
    ['of another provider (mix-up)', 'iss', 'https://evil.example'],
    ['without a provider, as ours names itself', 'iss', ''],
    ['with a code that was never issued', 'code', 'guessed'],
    ['with an error that nobody knows', 'error', 'strange'],
  ] as const)('%s is refused', async ([, name, value], { app }) => {
    const { browser, query } = await returned(app);
    await expectRefusal(browser, withParameter(query, name, value), 401, 'sign_in_refused');
  });

  it.for([
    ['access_denied', 403, 'sign_in_cancelled'],
    ['temporarily_unavailable', 503, 'provider_unavailable'],
    ['server_error', 503, 'provider_unavailable'],
  ] as const)('says so when it is the error %s, of our provider only', async ([error, status, code], { app }) => {
    const first = await returned(app);
    await expectRefusal(first.browser, withParameter(first.query, 'error', error), status, code);
    const second = await returned(app);
    const foreign = withParameter(withParameter(second.query, 'error', error), 'iss', 'https://evil.example');
    await expectRefusal(second.browser, foreign, 401, 'sign_in_refused');
  });

  it('with the code of another sign-in is refused: the code is bound to who began (PKCE, nonce)', async ({ app }) => {
    const [attackers, victims] = [await returned(app), await returned(app)];
    const code = new URLSearchParams(attackers.query).get('code') ?? '';
    await expectRefusal(victims.browser, withParameter(victims.query, 'code', code), 401, 'sign_in_refused');
  });

  it('finds no ticket of another purpose', async ({ app }) => {
    const browser = app.browser();
    const state = new URL(await begin(browser)).searchParams.get('state');
    const secret = (await browser.jar.getCookies(app.origin)).find(({ key }) => key === SIGN_IN_COOKIE_NAME)?.value;
    const other = createTickets('another', SIGN_IN_LIFETIME_MS, app.records.sessions, () => app.clock.now);
    expect(await other.redeem(`${secret}:${state}`)).toBeNull();
  });
});

describe('a ticket', () => {
  it('is redeemed by one of fifty at once', async ({ app }) => {
    const tickets = createTickets('test', 60_000, app.records.sessions, () => app.clock.now);
    const secret = newPerson().login;
    await tickets.issue(secret, { for: 'one' });
    const redeemed = await Promise.all(Array.from({ length: 50 }, () => tickets.redeem(secret)));
    expect(redeemed.filter(Boolean)).toEqual([{ for: 'one' }]);
  });

  it('is not kept under its secret', async ({ app }) => {
    const tickets = createTickets('test', 60_000, app.records.sessions, () => app.clock.now);
    const secret = newPerson().login;
    await tickets.issue(secret, {});
    for (const key of [secret, `test:${secret}`]) expect(await app.records.sessions.read(key)).toBeNull();
  });
});

/** What a provider that lies, or somebody between, puts into an ID token. */
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
type Claims = Record<string, unknown>;
type Lie = (app: TestApp, claims: Claims) => string;
const changed =
  (change: (claims: Claims) => Claims): Lie =>
  (app, claims) =>
    app.provider.sign({ ...claims, ...change(claims) });
const now = () => Math.floor(Date.now() / 1000);

const LIES: [string, Lie][] = [
  ['signed by another key', (_app, claims) => signToken(claims, { alg: 'ES256' }, other)],
  [
    'signed by another key under the name of ours',
    (app, claims) => {
      const header = JSON.parse(Buffer.from(app.provider.sign({}).split('.')[0] ?? '', 'base64url').toString());
      return signToken(claims, header, other);
    },
  ],
  ['of a key that nobody knows', (app, claims) => app.provider.sign(claims, { kid: 'unknown' })],
  [
    'not signed',
    (_app, claims) =>
      `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`,
  ],
  ['that is none', () => 'not a token'],
  ['for another app', changed(() => ({ aud: 'other' }))],
  ['for two apps', changed(({ aud }) => ({ aud: [aud, 'other'] }))],
  ['of another issuer', changed(() => ({ iss: 'https://evil.example' }))],
  ['with another nonce', changed(() => ({ nonce: 'other' }))],
  ['without a nonce', changed(() => ({ nonce: undefined }))],
  ['that is not valid yet', changed(() => ({ nbf: now() + 3600 }))],
  ['that has expired', changed(() => ({ exp: now() - 60 }))],
  ['without a subject', changed(() => ({ sub: undefined }))],
  ['with an empty subject', changed(() => ({ sub: '' }))],
  ['with a huge subject', changed(() => ({ sub: 'x'.repeat(10_000) }))],
  ['with a NUL in its subject', changed(() => ({ sub: 'a\0b' }))],
  ['with a subject that is no text', changed(() => ({ sub: { $ne: null } }))],
  ['with a session that is no text', changed(() => ({ sid: {} }))],
];

describe('an ID token', () => {
  it.for(LIES)('%s signs nobody in', async ([, lie], { app }) => {
    const { browser, query } = await returned(app);
    app.provider.idToken = (claims) => lie(app, claims);
    await expectRefusal(browser, query, 401, 'sign_in_refused');
  });

  it('that expired a moment ago is accepted, as clocks differ', async ({ app }) => {
    const { browser, query } = await returned(app);
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, exp: now() - 5 });
    expect((await finish(browser, query)).status).toBe(200);
  });

  it.for([
    ['nothing', {}],
    ['no ID token', { access_token: 'x', token_type: 'Bearer' }],
    ['an error', { error: 'invalid_grant' }],
  ] as const)('is needed: the answer with %s is refused', async ([, body], { app }) => {
    const { browser, query } = await returned(app);
    app.provider.instead = async () => Response.json(body, { status: 'error' in body ? 400 : 200 });
    await expectRefusal(browser, query, 401, 'sign_in_refused');
  });

  it('is not a page', async ({ app }) => {
    const { browser, query } = await returned(app);
    app.provider.instead = async () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    await expectRefusal(browser, query, 401, 'sign_in_refused');
  });
});

describe('the issuer of many organisations (Entra ID)', () => {
  const ENTRA = 'https://login.microsoftonline.com';
  const [ours, another] = ['0b2c1a9e-5f4d-4c3b-8a21-7d6e5f4c3b2a', '9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a'] as const;

  /** Metadata that name no organisation, and a token of `another`. */
  async function identify(app: TestApp, tenants: string[]) {
    const { issuer } = app.provider.config;
    const config = { ...app.provider.config, issuer: `${ENTRA}/organizations/v2.0`, tenants };
    const provider = createProvider(config, Date.now, async (url, options) => {
      if (!url.startsWith(ENTRA)) return app.provider.fetch(url, options);
      const answer = await app.provider.fetch(`${issuer}/.well-known/openid-configuration`, options);
      const metadata = (await answer.json()) as object;
      const issuers = { issuer: `${ENTRA}/{tenantid}/v2.0`, authorization_response_iss_parameter_supported: false };
      return Response.json({ ...metadata, ...issuers });
    });
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, iss: `${ENTRA}/${another}/v2.0`, tid: another });
    const secrets = { state: 'state', nonce: 'nonce', codeVerifier: 'v'.repeat(43) };
    const address = await provider.authorizationUrl(secrets, false);
    const query = new URLSearchParams(await visitProvider(app.browser(), newPerson(), address));
    query.delete('iss'); // Entra ID sends none
    return provider.identify(query, secrets);
  }

  it.for([{ tenants: [] }, { tenants: [ours] }])('lets nobody in but $tenants', async ({ tenants }, { app }) => {
    await expect(identify(app, tenants)).rejects.toThrow(SignInRefused);
  });

  it('lets in whom the list names, as a user of their own organisation', async ({ app }) => {
    expect(await identify(app, [ours, another])).toMatchObject({ iss: `${ENTRA}/${another}/v2.0` });
  });
});

describe('a sign-in from another site', () => {
  it.for(['/api/auth/sign-in', '/api/auth/sign-in/finish'])('neither begins nor ends: %s', async (path, { app }) => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const { status, cookies } = await app.browser().post(path, {}, { headers });
    expect([status, cookies]).toEqual([403, []]);
  });
});

describe('the log and the answers', () => {
  it('hold neither code, tokens, verifier, nonce, state nor the cookie of a sign-in', async ({ start }) => {
    const app = await start();
    const secrets: string[] = [];
    app.provider.idToken = (claims) => {
      const token = app.provider.sign(claims);
      secrets.push(token, String(claims.nonce));
      return token;
    };
    const browser = app.browser();
    const texts: string[] = [];
    for (const isGood of [true, false]) {
      const { browser: own, query } = await returned(app, browser);
      const parameters = new URLSearchParams(query);
      secrets.push(parameters.get('code') ?? '', parameters.get('state') ?? '');
      if (!isGood) app.provider.idToken = (claims) => app.provider.sign({ ...claims, aud: 'other' });
      texts.push((await finish(own, query)).text);
    }
    secrets.push(
      (await browser.jar.getCookies(app.origin)).find(({ key }) => key === SIGN_IN_COOKIE_NAME)?.value ?? '',
    );
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10);
      expect(app.logText() + texts.join()).not.toContain(secret);
    }
  });

  it('say of each sign-in, good or bad, when, from where and who or why', async ({ start }) => {
    const app = await start();
    const good = await signIn(app.browser(), newPerson());
    const { browser, query } = await returned(app);
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, aud: 'other' });
    await finish(browser, query);
    const events = app.log().filter(({ event }) => /^authn_login/.test(event));
    expect(events).toMatchObject([
      { event: 'authn_login_success', user: good.body.user.id, ip: expect.stringMatching(/^10\./) },
      { event: 'authn_login_fail', reason: expect.stringContaining('aud'), ip: browser.address },
    ]);
  });

  it('are the same for everything that proves nothing', async ({ app }) => {
    const texts = new Set<string>();
    for (const aud of ['one', 'two']) {
      const { browser, query } = await returned(app);
      app.provider.idToken = (claims) => app.provider.sign({ ...claims, aud, sub: aud === 'one' ? '' : 'x' });
      texts.add((await finish(browser, query)).text);
    }
    expect(texts.size).toBe(1);
  });
});
