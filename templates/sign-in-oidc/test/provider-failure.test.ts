/** What happens when the provider is down, slow, wrong or has new keys? Sign-in waits; who is signed in does not notice. */
import { describe, expect, onTestFinished, vi } from 'vitest';
import {
  PROVIDER_DEADLINE_MS,
  PROVIDER_METADATA_LIFETIME_MS,
  PROVIDER_METADATA_RETRY_MS,
} from '../src/security-policy.ts';
import { type Fetch, ProviderUnavailable } from '../src/sign-in/answers.ts';
import { createProvider } from '../src/sign-in/provider.ts';
import { it, type TestApp } from './support/app.ts';
import { begin, finish, isSignedIn, newPerson, signedIn, signIn, visitProvider } from './support/fixtures.ts';

const refused: Fetch = () => Promise.reject(new TypeError('fetch failed'));

/** An answer of the provider's metadata with other values. */
function describing(app: TestApp, values: object): Fetch {
  return async (url, options) => {
    app.provider.instead = null;
    const metadata = (await (await app.provider.fetch(url, options)).json()) as object;
    return Response.json({ ...metadata, ...values });
  };
}

describe('a provider that does not answer', () => {
  it.for([
    ['refuses connections', refused],
    ['answers 500', async () => new Response('{}', { status: 500 })],
    ['answers with a page', async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['answers with too much', async () => new Response('x'.repeat(2 * 1024 * 1024))],
    ['leads elsewhere', async () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['has no metadata', async () => new Response('{}', { status: 404 })],
  ] as [string, Fetch][])('because it %s is a 503 at the begin, without a ticket', async ([, instead], { start }) => {
    const app = await start();
    app.provider.instead = instead;
    const { browser } = await signedIn(app);
    const calls = await app.faults.callsOf(async () => {
      const { status, code, headers, cookies } = await app.browser().post('/api/auth/sign-in');
      expect([status, code, cookies]).toEqual([503, 'provider_unavailable', []]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });
    expect(calls).not.toContain('sessions.insert');
    expect(await isSignedIn(browser)).toBe(true);
    expect((await app.browser().get('/readyz')).status).toBe(200);
    app.provider.instead = null;
    expect((await signIn(app.browser(), newPerson())).status).toBe(200);
    expect(app.log()).toContainEqual(expect.objectContaining({ event: 'sys_provider_unavailable' }));
  });

  it.for([
    ['refuses connections', refused],
    ['answers 500', async () => new Response('{}', { status: 500 })],
  ] as [string, Fetch][])('because it %s is a 503 at the end', async ([, instead], { app }) => {
    const browser = app.browser();
    const query = await visitProvider(browser, newPerson(), await begin(browser));
    app.provider.instead = instead;
    const answer = await finish(browser, query);
    app.provider.instead = null;
    expect(answer).toMatchObject({ status: 503, code: 'provider_unavailable', cookies: [] });
    expect((await signIn(browser, newPerson())).status).toBe(200);
  });

  it('but hangs is given up in time', async ({ app }) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), ms);
      return controller.signal;
    });
    onTestFinished(() => timeout.mockRestore());
    const hanging: Fetch = (_url, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const provider = createProvider(app.provider.config, () => app.clock.now, hanging);
    let outcome: unknown = 'waiting';
    void provider.discover().catch((error) => {
      outcome = error;
    });
    await vi.advanceTimersByTimeAsync(PROVIDER_DEADLINE_MS - 1);
    expect(outcome).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toBeInstanceOf(ProviderUnavailable);
  });

  it('does not keep anybody from signing out, here and there', async ({ start }) => {
    const app = await start();
    app.provider.config.hasLogout = true;
    const [first, second] = [await signedIn(app), await signedIn(app)];
    app.provider.instead = refused;
    expect((await first.browser.post('/api/auth/logout')).status).toBe(204); // never seen, so nowhere to go
    app.provider.instead = null;
    await begin(app.browser());
    app.clock.now += PROVIDER_METADATA_LIFETIME_MS / 10;
    app.provider.instead = refused;
    expect((await second.browser.post('/api/auth/logout')).status).toBe(200);
  });
});

describe('the metadata of a provider', () => {
  it.for([
    { issuer: 'https://evil.example' },
    { authorization_endpoint: 'http://localhost/authorize' },
    { authorization_endpoint: 'javascript:alert(1)' },
    { token_endpoint: 'http://localhost/token' },
    { jwks_uri: 'http://localhost/jwks' },
    { end_session_endpoint: 'javascript:alert(1)' },
    { authorization_endpoint: undefined },
    { token_endpoint: undefined },
    { jwks_uri: undefined },
  ])('is not believed with %j', async (values, { start }) => {
    const app = await start();
    app.provider.instead = describing(app, values);
    expect(await app.browser().post('/api/auth/sign-in')).toMatchObject({ status: 503, code: 'provider_unavailable' });
  });

  it('are not read beyond a megabyte', async ({ start }) => {
    const app = await start();
    app.provider.instead = describing(app, { padding: 'x'.repeat(1024 * 1024) });
    expect((await app.browser().post('/api/auth/sign-in')).status).toBe(503);
  });

  it('is asked for once, and again after its time', async ({ start }) => {
    const app = await start();
    const asked = () => app.provider.calls.filter((path) => path.includes('well-known')).length;
    await Promise.all([begin(app.browser()), begin(app.browser())]);
    expect(asked()).toBe(1);
    app.clock.now += PROVIDER_METADATA_LIFETIME_MS;
    await begin(app.browser());
    expect(asked()).toBe(2);
  });

  it('without a place to sign out ends a logout here', async ({ start }) => {
    const app = await start();
    app.provider.config.hasLogout = true;
    app.provider.instead = describing(app, { end_session_endpoint: undefined });
    await begin(app.browser());
    const { browser } = await signedIn(app);
    expect((await browser.post('/api/auth/logout')).status).toBe(204);
  });

  it('may demand that a sign-in is announced first (PAR)', async ({ start }) => {
    const app = await start();
    const par = `${app.provider.config.issuer}/par`;
    const pushed = { require_pushed_authorization_requests: true, pushed_authorization_request_endpoint: par };
    const describe = describing(app, pushed);
    app.provider.instead = async (url, options) => {
      if (url !== par) return describe(url, options);
      return Response.json({ request_uri: 'urn:x', expires_in: 60 }, { status: 201 });
    };
    const described = app.provider.instead;
    app.provider.instead = async (url, options) => {
      const answer = await described(url, options);
      app.provider.instead = described;
      return answer;
    };
    const { searchParams } = new URL(await begin(app.browser()));
    expect(Object.fromEntries(searchParams)).toEqual({ client_id: 'app', request_uri: 'urn:x' });
  });
});

describe('new keys of the provider', () => {
  it('are found at the next sign-in but one', async ({ start }) => {
    const app = await start();
    app.clock.now += PROVIDER_METADATA_RETRY_MS;
    expect((await signIn(app.browser(), newPerson())).status).toBe(200);
    app.provider.renewKeys();
    await signIn(app.browser(), newPerson());
    expect((await signIn(app.browser(), newPerson())).status).toBe(200);
  });

  it('are not asked for by every forgery', async ({ start }) => {
    const app = await start();
    app.clock.now += PROVIDER_METADATA_RETRY_MS;
    app.provider.idToken = (claims) => app.provider.sign({ ...claims, aud: 'other' });
    for (let count = 0; count < 5; count += 1) await signIn(app.browser(), newPerson());
    expect(app.provider.calls.filter((path) => path.includes('well-known')).length).toBeLessThanOrEqual(2);
  });
});
