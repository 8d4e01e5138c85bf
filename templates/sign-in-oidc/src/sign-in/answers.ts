/**
 * What may the provider answer? Within bounds of time and size, and with two ways to fail. Signed is not yet sane:
 * openid-client accepts a `sub` that is empty or huge.
 */
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { emailAddress } from '../routes/input.ts';
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

/** A name that the provider gave: printable ASCII, as OpenID Connect Core says, and a bounded length. */
const name = z.string().regex(/^[\x21-\x7e]{1,255}$/);

const claims = z.looseObject({
  iss: z.string(),
  sub: name,
  /** The person's session at the provider, for back-channel logout. */
  sid: name.optional(),
  /** When the person proved who they are, in seconds since 1970. */
  auth_time: z.number().optional(),
});

/** What is known of a person, with all other claims as the provider sent them. */
export type Claims = z.infer<typeof claims>;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const logoutClaims = z
  .object({
    iss: z.string(),
    sub: name.optional(),
    sid: name.optional(),
    events: z.object({ [EVENT]: z.looseObject({}) }),
    nonce: z.undefined().optional(), // an ID token has one, and must not sign anybody out
  })
  .refine(({ sub, sid }) => sub ?? sid);

export type LogoutClaims = z.infer<typeof logoutClaims>;

/** @throws SignInRefused */
export const readClaims = (token: unknown): Claims => read(claims, token);

/** @throws SignInRefused */
export const readLogoutClaims = (token: unknown): LogoutClaims => read(logoutClaims, token);

/** For display only, and only when the provider knows that it is the person's. */
export function verifiedEmail({ email, email_verified }: Claims): string | null {
  const address = emailAddress.safeParse(email);
  return email_verified === true && address.success ? address.data : null;
}

function read<T>(schema: z.ZodType<T>, token: unknown): T {
  const result = schema.safeParse(token);
  if (result.success) return result.data;
  throw new SignInRefused(`unfit claims: ${result.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
}
