/**
 * What does the provider say of a person, and can it be believed? OpenID Connect by openid-client: authorization code,
 * PKCE, state and nonce; each ID token's signature is verified. Tokens are looked at and dropped. The provider may be
 * down or slow: that fails a sign-in and nothing else. @see OpenID Connect Core 1.0, RFC 9700, OWASP ASVS 5.0 V10
 */
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import * as openid from 'openid-client';
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

/** What the provider told of itself. */
interface Server {
  found: openid.Configuration;
  metadata: openid.ServerMetadata;
  keys: ReturnType<typeof createRemoteJWKSet>;
}

const SCOPE = 'openid email';

/** @param send for tests; openid-client and jose call it for every request */
export function createProvider(config: OidcConfig, now: () => number, send: Fetch = fetch): Provider {
  const { issuer, tenants, clientId, origin } = config;
  const redirectUri = `${origin}/signed-in`;
  const boundFetch = boundedFetch(send);
  let current: Promise<Server> | null = null;
  let expiresAt = 0;
  let droppedAt = 0;
  /** The last that was seen, for the address of the logout. */
  let known: Server | null = null;

  /** Kept for a while. A failure is never kept, so the provider is back as soon as it answers. */
  function server(): Promise<Server> {
    if (current && now() < expiresAt) return current;
    expiresAt = now() + policy.PROVIDER_METADATA_LIFETIME_MS;
    current = ask().catch((error: unknown) => {
      current = null;
      throw new ProviderUnavailable(reasonOf(error));
    });
    return current;
  }

  async function ask(): Promise<Server> {
    const client = { [openid.clockTolerance]: policy.CLOCK_TOLERANCE_MS / 1000 };
    const secret = openid.ClientSecretBasic(config.clientSecret);
    const found: openid.Configuration = await openid.discovery(new URL(issuer), clientId, client, secret, {
      // Without it openid-client believes an ID token that anybody signed, as it came over TLS.
      execute: [openid.enableNonRepudiationChecks],
      timeout: policy.PROVIDER_DEADLINE_MS / 1000,
      [openid.customFetch]: boundFetch,
    });
    const metadata = found.serverMetadata();
    known = { found, metadata, keys: keysOf(metadata) };
    return known;
  }

  /** @throws Error when an address of the provider is not https, which openid-client would accept */
  function keysOf(metadata: openid.ServerMetadata): Server['keys'] {
    const { authorization_endpoint, token_endpoint, jwks_uri = '' } = metadata;
    const optional = [metadata.end_session_endpoint, metadata.pushed_authorization_request_endpoint].filter(Boolean);
    const addresses = [authorization_endpoint, token_endpoint, jwks_uri, ...optional];
    if (!addresses.every((url) => url?.startsWith('https://'))) throw new Error(`not all https: ${addresses}`);
    return createRemoteJWKSet(new URL(jwks_uri), {
      [customFetch]: boundFetch,
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
      await server();
    },

    async authorizationUrl({ state, nonce, codeVerifier }, again) {
      const { found, metadata } = await server();
      const parameters = {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        // Providers must then say when the person proved who they are.
        max_age: String(again ? 0 : policy.ABSOLUTE_TIMEOUT_MS / 1000),
        ...(again && { prompt: 'login' }),
      };
      if (!metadata.require_pushed_authorization_requests) return openid.buildAuthorizationUrl(found, parameters).href;
      const url: URL = await openid.buildAuthorizationUrlWithPAR(found, parameters).catch((error: unknown) => {
        throw new ProviderUnavailable(reasonOf(error));
      });
      return url.href;
    },

    async identify(query, { state, nonce, codeVerifier }) {
      const { found, metadata } = await server();
      const address = new URL(redirectUri); // from the configuration, never from the Host header
      address.search = query.toString();
      const checks = { expectedState: state, pkceCodeVerifier: codeVerifier, idTokenExpected: true };
      try {
        const answer = await openid.authorizationCodeGrant(found, address, { ...checks, expectedNonce: nonce });
        const claims = readClaims(answer.claims());
        // Entra ID's metadata for many leave the tenant open, and openid-client accepts every one.
        const issuers = tenants.map((id) => metadata.issuer.replace('{tenantid}', id));
        if (![metadata.issuer, ...issuers].includes(claims.iss)) throw new SignInRefused('another organisation');
        return claims;
      } catch (error) {
        const failure = toFailure(error);
        if (failure instanceof SignInRefused && !(error instanceof openid.AuthorizationResponseError)) forgetKeys();
        throw failure;
      }
    },

    async logOutUrl() {
      if (!config.hasLogout) return null;
      const last: Server | null = known ?? (await server().catch(() => null));
      if (!last?.metadata.end_session_endpoint) return null;
      return openid.buildEndSessionUrl(last.found, { post_logout_redirect_uri: `${origin}/` }).href;
    },

    async readLogoutToken(token) {
      const { metadata, keys } = await server();
      const algorithms = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
      try {
        const { payload } = await jwtVerify(token, keys, {
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
  if (error instanceof openid.AuthorizationResponseError) {
    if (error.error === 'access_denied') return new ApiError('sign_in_cancelled');
    if (['temporarily_unavailable', 'server_error'].includes(error.error)) return new ProviderUnavailable(error.error);
  }
  return new SignInRefused(reasonOf(error));
}
