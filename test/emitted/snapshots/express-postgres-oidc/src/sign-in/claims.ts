/** What may a token of the provider say? Signed is not yet sane: openid-client accepts a `sub` that is empty or huge. */
import { z } from 'zod';
import { emailAddress } from '../routes/input.ts';
import { SignInRefused } from './requests.ts';

/** A name that the provider gave: printable ASCII, as OpenID Connect Core says, and a bounded length. */
const name = z.string().regex(/^[\x21-\x7e]{1,255}$/);

const claims = z.looseObject({
  iss: z.string(),
  sub: name,
  /** The person's session at the provider, for back-channel logout. */
  sid: name.optional(),
  /** When the person proved who they are, in seconds since 1970. */
  auth_time: z.number().optional(),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
});

/** What is known of a person, with all other claims as the provider sent them. */
export type Claims = z.infer<typeof claims>;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const logoutClaims = z.object({
  iss: z.string(),
  sub: name.optional(),
  sid: name.optional(),
  events: z.object({ [EVENT]: z.looseObject({}) }),
  nonce: z.undefined().optional(), // an ID token has one, and must not sign anybody out
});

export type LogoutClaims = z.infer<typeof logoutClaims>;

/** @throws SignInRefused */
export function readClaims(token: unknown): Claims {
  return read(claims, token);
}

/** @throws SignInRefused */
export function readLogoutClaims(token: unknown): LogoutClaims {
  const found = read(logoutClaims, token);
  if (found.sub === undefined && found.sid === undefined) throw new SignInRefused('neither sub nor sid');
  return found;
}

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
