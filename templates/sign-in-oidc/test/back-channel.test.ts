/** Does a logout at the provider end the sessions here (OpenID Connect Back-Channel Logout)? And nobody else's. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { signToken } from '../scripts/development-provider.ts';
import { it, type TestApp } from './support/app.ts';
import { exchange } from './support/browser.ts';
import {
  begin,
  finish,
  isSignedIn,
  leaveProvider,
  logIn,
  newPerson,
  recordOf,
  register,
  type SignedIn,
  signIn,
  visitProvider,
} from './support/fixtures.ts';

it.afterEach(({ app }) => {
  app.provider.idToken = (claims) => app.provider.sign(claims);
});

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const PATH = '/auth/back-channel-logout';
const now = () => Math.floor(Date.now() / 1000);

type Claims = Record<string, unknown>;

const claimsOf = (app: TestApp, claims: Claims): Claims => ({
  iss: app.provider.config.issuer,
  aud: app.provider.config.clientId,
  iat: now(),
  exp: now() + 120,
  jti: randomUUID(),
  events: { [EVENT]: {} },
  ...claims,
});

/** A request as a provider sends it: no cookie, no Origin. */
function post(app: TestApp, body: string, type = 'application/x-www-form-urlencoded') {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  return exchange(new URL(PATH, app.origin), { method: 'POST', ca: app.ca, headers }, body);
}

function sendToken(app: TestApp, token: string) {
  return post(app, new URLSearchParams({ logout_token: token }).toString());
}

function endAt(app: TestApp, claims: Claims) {
  return sendToken(app, app.provider.sign(claimsOf(app, claims), { typ: 'logout+jwt' }));
}

/** The session at the provider of somebody who is signed in. */
async function sidOf(app: TestApp, { browser }: Pick<SignedIn, 'browser'>): Promise<string> {
  return (await recordOf(app, browser))?.content.sid ?? '';
}

describe('a logout token', () => {
  it('with subject and session ends that session only', async ({ app }) => {
    const person = await register(app);
    const other = await logIn(app, person);
    const stranger = await register(app);
    const { status, text, headers } = await endAt(app, { sub: person.login, sid: await sidOf(app, person) });
    expect([status, text, headers['cache-control']]).toEqual([200, '{}', 'no-store']);
    expect(await recordOf(app, person.browser)).toBeNull();
    expect(await Promise.all([person.browser, other, stranger.browser].map(isSignedIn))).toEqual([false, true, true]);
  });

  it('with the subject alone ends all sessions of the user', async ({ app }) => {
    const person = await register(app);
    const other = await logIn(app, person);
    const stranger = await register(app);
    expect((await endAt(app, { sub: person.login })).status).toBe(200);
    expect(await app.records.sessions.listByUser(person.id)).toEqual([]);
    expect(await Promise.all([person.browser, other, stranger.browser].map(isSignedIn))).toEqual([false, false, true]);
    expect(await isSignedIn(await logIn(app, person))).toBe(true);
  });

  it('with the session alone ends that session', async ({ app }) => {
    const person = await register(app);
    const other = await logIn(app, person);
    expect((await endAt(app, { sid: await sidOf(app, person) })).status).toBe(200);
    expect(await Promise.all([person.browser, other].map(isSignedIn))).toEqual([false, true]);
  });

  it('works on another instance', async ({ app, start }) => {
    const second = await start({ provider: app.provider, clock: app.clock });
    const person = await register(app);
    const other = await register(app);
    expect((await endAt(second, { sid: await sidOf(app, person) })).status).toBe(200);
    expect((await endAt(second, { sub: other.login })).status).toBe(200);
    expect(await Promise.all([person, other].map(({ browser }) => isSignedIn(browser)))).toEqual([false, false]);
  });

  it('about somebody unknown is a 200, and ends nothing', async ({ app }) => {
    const { browser } = await register(app);
    for (const claims of [{ sub: 'nobody' }, { sid: 'no-session' }, { sub: 'nobody', sid: 'no-session' }]) {
      expect((await endAt(app, claims)).status).toBe(200);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('with the session of somebody else ends nothing', async ({ app }) => {
    const [person, stranger] = [await register(app), await register(app)];
    expect((await endAt(app, { sub: stranger.login, sid: await sidOf(app, person) })).status).toBe(200);
    expect(await isSignedIn(stranger.browser)).toBe(true);
  });

  it('comes from the provider when somebody signs out there', async ({ app }) => {
    const person = await register(app);
    const other = await logIn(app, person);
    await leaveProvider(person.browser, app.provider.config.issuer);
    expect(await isSignedIn(person.browser)).toBe(false);
    expect(await isSignedIn(other)).toBe(true);
  });
});

describe('a logout token that overtakes the sign-in it is to end', () => {
  const CALLS = ['users.findOrCreate', 'sessions.insert', 'sessions.listByUser'];
  const KINDS = ['sub', 'sid', 'sub and sid'] as const;
  const cases = KINDS.flatMap((kind) => CALLS.map((call) => [kind, call] as const));

  it.for(cases)('ends it, with %s and while %s is under way', async ([kind, call], { app }) => {
    const person = newPerson();
    const browser = app.browser();
    let sid = '';
    app.provider.idToken = (claims) => {
      sid = String(claims.sid);
      return app.provider.sign(claims);
    };
    const query = await visitProvider(browser, person, await begin(browser));
    const held = app.faults.holdNext(call);
    const answer = finish(browser, query);
    await Promise.race([held.reached, answer]);
    const claims = { ...(kind !== 'sid' && { sub: person.login }), ...(kind !== 'sub' && { sid }) };
    const { status } = await endAt(app, claims);
    held.release();
    expect(status).toBe(200);
    expect([200, 401]).toContain((await answer).status);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('leaves a sign-in that begins afterwards alone', async ({ app }) => {
    const person = newPerson();
    await endAt(app, { sub: person.login });
    expect((await signIn(app.browser(), person)).status).toBe(200);
  });
});

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

type Forge = (app: TestApp, claims: Claims) => string;
const changed =
  (change: Claims): Forge =>
  (app, claims) =>
    app.provider.sign({ ...claims, ...change }, { typ: 'logout+jwt' });

const FORGERIES: [string, Forge][] = [
  ['of another key', (_app, claims) => signToken(claims, { alg: 'ES256', typ: 'logout+jwt' }, other)],
  ['for another app', changed({ aud: 'other' })],
  ['of another issuer', changed({ iss: 'https://evil.example' })],
  ['of another type', (app, claims) => app.provider.sign(claims, { typ: 'JWT' })],
  ['of no type, such as an ID token', (app, claims) => app.provider.sign(claims)],
  ['without the event', changed({ events: {} })],
  ['with an event that is none', changed({ events: { [EVENT]: 1 } })],
  ['with events that are none', changed({ events: EVENT })],
  ['with a nonce, as ID tokens have', changed({ nonce: 'x' })],
  ['of five minutes ago', changed({ iat: now() - 300 })],
  ['of no time', changed({ iat: undefined })],
  ['about nobody', changed({ sub: undefined, sid: undefined })],
  ['with a subject that is no text', changed({ sub: {} })],
  ['that is no token', () => 'x.y.z'],
];

describe('a forged logout token', () => {
  it.for(FORGERIES)('%s is a 400, and signs nobody out', async ([, forge], { app }) => {
    const person = await register(app);
    const claims = claimsOf(app, { sub: person.login, sid: await sidOf(app, person) });
    const { status, body, headers } = await sendToken(app, forge(app, claims));
    expect([status, body]).toEqual([400, { error: 'invalid_request' }]);
    expect(headers['cache-control']).toBe('no-store');
    expect(await isSignedIn(person.browser)).toBe(true);
  });

  it('is not signed by nothing or by our own secret', async ({ app }) => {
    const { browser, login } = await register(app);
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = encoded(claimsOf(app, { sub: login }));
    for (const alg of ['none', 'HS256']) {
      const { status } = await sendToken(app, `${encoded({ alg, typ: 'logout+jwt' })}.${claims}.`);
      expect(status).toBe(400);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });
});

describe(`POST ${PATH}`, () => {
  it.for(['', 'logout_token=', 'token=x', 'logout_token=a&logout_token=b', '%', '{}'])(
    'without one token is a 400: %j',
    async (body, { app }) => {
      expect((await post(app, body)).status).toBe(400);
    },
  );

  it.for(['application/json', 'text/plain', 'multipart/form-data'])(
    'takes a form only, not %s',
    async (type, { app }) => {
      expect((await post(app, '{}', type)).status).toBe(415);
    },
  );

  it('takes no more than a token needs', async ({ app }) => {
    expect((await post(app, `logout_token=${'x'.repeat(100_000)}`)).status).toBe(413);
  });

  it('is no page', async ({ app }) => {
    expect((await app.browser().get(PATH)).status).toBe(404);
  });

  it('is not for browsers: a page of another site has an Origin', async ({ app }) => {
    const headers = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.browser().post(PATH, 'logout_token=x', { headers })).status).toBe(403);
  });

  it('says that it failed when the database did, so that the provider may try again', async ({ app }) => {
    const { login, browser } = await register(app);
    app.faults.fail('users.raiseCredentialVersion');
    const { status } = await endAt(app, { sub: login });
    app.faults.clear();
    expect(status).toBe(503);
    expect((await endAt(app, { sub: login })).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });
});
