/**
 * What does the provider say of a person, and can it be believed? OpenID Connect by openid-client: authorization code,
 * PKCE, state and nonce; each ID token's signature is verified. Tokens are looked at and dropped. The provider may be
 * down or slow: that fails a sign-in and nothing else. @see OpenID Connect Core 1.0, RFC 9700, OWASP ASVS 5.0 V10
 */
import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from 'jose';
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  buildEndSessionUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';
import type { OidcConfig } from '../config.ts';
import { ApiError } from '../errors.ts';
import * as policy from '../security-policy.ts';
import {
  boundedFetch,
  type Claims,
  type Fetch,
  type LogoutClaims,
  ProviderUnavailable,
  readClaims,
  readLogoutClaims,
  reasonOf,
  SignInRefused,
} from './answers.ts';

/** What one sign-in keeps on the server, to compare the provider's answer with. */
export interface Secrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

export interface Provider {
  /** The first of the app's origins: where the provider leads back to. */
  readonly origin: string;
  /** Asks the provider for its metadata, unless they are known. @throws ProviderUnavailable */
  discover(): Promise<void>;
  /** Where the browser goes to sign in; `again` demands that the person proves anew who they are. */
  authorizationUrl(secrets: Secrets, again: boolean): Promise<string>;
  /**
   * Who signed in, by the query that the browser brought back.
   * @throws SignInRefused, ProviderUnavailable, ApiError `sign_in_cancelled`
   */
  identify(query: URLSearchParams, secrets: Secrets): Promise<Claims>;
  /** Where the browser goes to sign out there too; null when the provider has no such place, or was never reached. */
  logOutUrl(): Promise<string | null>;
  /** Whom a logout token is about. @throws SignInRefused when it proves nothing */
  readLogoutToken(token: string): Promise<LogoutClaims>;
}

const SCOPE = 'openid email';

/** @param send for tests; openid-client and jose call it for every request */
export function createProvider(config: OidcConfig, now: () => number, send: Fetch = fetch): Provider {
  const { issuer, clientId, clientSecret, origin } = config;
  const redirectUri = `${origin}/signed-in`;
  const boundFetch = boundedFetch(send);
  let current: Promise<Configuration> | null = null;
  let expiresAt = 0;
  let droppedAt = 0;
  /** The last that was seen, for the address of the logout. */
  let known: Configuration | null = null;
  let keys: ReturnType<typeof createRemoteJWKSet> | null = null;

  /** Kept for a while. A failure is never kept, so the provider is back as soon as it answers. */
  function configuration(): Promise<Configuration> {
    if (current && now() < expiresAt) return current;
    const asked = ask();
    current = asked;
    expiresAt = now() + policy.PROVIDER_METADATA_LIFETIME_MS;
    asked.catch(() => {
      if (current === asked) current = null;
    });
    return asked;
  }

  async function ask(): Promise<Configuration> {
    try {
      const found: Configuration = await discovery(
        new URL(issuer),
        clientId,
        { [clockTolerance]: policy.CLOCK_TOLERANCE_MS / 1000 },
        ClientSecretBasic(clientSecret),
        {
          // Without it openid-client believes an ID token that anybody signed, as it came over TLS.
          execute: [enableNonRepudiationChecks],
          timeout: policy.PROVIDER_DEADLINE_MS / 1000,
          [customFetch]: boundFetch,
        },
      );
      keys = keysOf(found);
      known = found;
      return found;
    } catch (error) {
      throw new ProviderUnavailable(reasonOf(error));
    }
  }

  /** @throws Error when an address of the provider is not https, which openid-client would accept */
  function keysOf(found: Configuration): ReturnType<typeof createRemoteJWKSet> {
    const metadata = found.serverMetadata();
    const { authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint } = metadata;
    const required = { authorization_endpoint, token_endpoint, jwks_uri };
    const optional = { end_session_endpoint, par: metadata.pushed_authorization_request_endpoint };
    for (const [name, url] of Object.entries(required)) if (!url) throw new Error(`there is no ${name}`);
    for (const [name, url] of Object.entries({ ...required, ...optional })) {
      if (url && !url.startsWith('https://')) throw new Error(`${name} is not https`);
    }
    return createRemoteJWKSet(new URL(jwks_uri ?? ''), {
      [joseFetch]: boundFetch,
      timeoutDuration: policy.PROVIDER_DEADLINE_MS,
      cooldownDuration: policy.PROVIDER_METADATA_RETRY_MS,
    });
  }

  /** The provider may have new keys: the next attempt asks for them, but forgeries must not make us ask all the time. */
  function forgetKeys(): void {
    if (now() - droppedAt < policy.PROVIDER_METADATA_RETRY_MS) return;
    droppedAt = now();
    current = null;
  }

  return {
    origin,

    async discover() {
      await configuration();
    },

    async authorizationUrl({ state, nonce, codeVerifier }, again) {
      const found: Configuration = await configuration();
      const parameters = {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        // Providers must then say when the person proved who they are.
        max_age: String(again ? 0 : policy.ABSOLUTE_TIMEOUT_MS / 1000),
        ...(again && { prompt: 'login' }),
      };
      if (!found.serverMetadata().require_pushed_authorization_requests) {
        return buildAuthorizationUrl(found, parameters).href;
      }
      const url: URL = await buildAuthorizationUrlWithPAR(found, parameters).catch((error: unknown) => {
        throw new ProviderUnavailable(reasonOf(error));
      });
      return url.href;
    },

    async identify(query, { state, nonce, codeVerifier }) {
      const found: Configuration = await configuration();
      const address = new URL(redirectUri); // from the configuration, never from the Host header
      address.search = query.toString();
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      };
      try {
        const answer = await authorizationCodeGrant(found, address, checks);
        return readClaims(answer.claims());
      } catch (error) {
        const failure = toFailure(error);
        if (failure instanceof SignInRefused && !(error instanceof AuthorizationResponseError)) forgetKeys();
        throw failure;
      }
    },

    async logOutUrl() {
      if (!config.hasLogout) return null;
      const found: Configuration | null = known ?? (await configuration().catch(() => null));
      if (!found?.serverMetadata().end_session_endpoint) return null;
      return buildEndSessionUrl(found, { post_logout_redirect_uri: `${origin}/` }).href;
    },

    async readLogoutToken(token) {
      const found: Configuration = await configuration();
      const metadata = found.serverMetadata();
      const algorithms = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
      try {
        const { payload } = await jwtVerify(token, keys ?? keysOf(found), {
          issuer: metadata.issuer,
          audience: clientId,
          typ: 'logout+jwt', // or an ID token, of which many have been seen, would sign people out
          algorithms: algorithms.filter((name) => name !== 'none' && !name.startsWith('HS')),
          maxTokenAge: policy.LOGOUT_TOKEN_LIFETIME_MS / 1000,
          clockTolerance: policy.CLOCK_TOLERANCE_MS / 1000,
        });
        return readLogoutClaims(payload);
      } catch (error) {
        throw error instanceof ProviderUnavailable ? error : new SignInRefused(reasonOf(error));
      }
    },
  };
}

/** What the provider answered instead of an identity. */
function toFailure(error: unknown): Error {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const one of [error, cause]) if (one instanceof ProviderUnavailable) return one;
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return new ApiError('sign_in_cancelled');
    if (['temporarily_unavailable', 'server_error'].includes(error.error)) return new ProviderUnavailable(error.error);
  }
  return new SignInRefused(reasonOf(error));
}
