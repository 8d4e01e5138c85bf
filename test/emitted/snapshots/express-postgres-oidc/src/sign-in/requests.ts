/** How does the app talk with the provider? Within bounds of time and size, and with two ways to fail. */
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { ApiError } from '../errors.ts';
import { MAX_PROVIDER_ANSWER_BYTES, PROVIDER_RETRY_AFTER_MS } from '../security-policy.ts';

/** The part of fetch() that openid-client and jose use alike. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** The provider did not answer, or not as one. The reason is for the log. */
export class ProviderUnavailable extends ApiError {
  override name = 'ProviderUnavailable';
  readonly reason: string;

  constructor(reason: string) {
    super('provider_unavailable', { retryAfterMs: PROVIDER_RETRY_AFTER_MS });
    this.reason = reason;
  }
}

/** What came does not prove who it is. Clients are told no more than that; the reason is for the log. */
export class SignInRefused extends ApiError {
  override name = 'SignInRefused';
  readonly reason: string;

  constructor(reason: string) {
    super('sign_in_refused');
    this.reason = reason;
  }
}

/**
 * A network error, a time-out (openid-client and jose set one), a 5xx and an answer without end are outages. What does
 * come back is for the libraries to judge.
 */
export function boundedFetch(send: Fetch): Fetch {
  return async (url, options) => {
    try {
      const response: Response = await send(url, options);
      if (response.status >= 500) throw new Error(`answered ${response.status}`);
      const { status, headers } = response;
      return new Response(await readBounded(response), { status, headers });
    } catch (error) {
      throw new ProviderUnavailable(`${new URL(url).pathname}: ${reasonOf(error)}`);
    }
  };
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_PROVIDER_ANSWER_BYTES) throw new Error('answered too much');
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

/** Codes and messages of the libraries, and the error code that a provider sent. Never what it sent besides: tokens. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error instanceof ProviderUnavailable || error instanceof SignInRefused) return error.reason;
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    return `the provider answered ${error.error.slice(0, 100)}`;
  }
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}
