/**
 * Which passwords may be chosen, and how are they kept? Long ones that nobody tries first, as argon2id hashes. No rules
 * on kinds of characters and no periodic change; a password is taken as typed, never trimmed, folded or cut off.
 * @see NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 5.0 6.2, 11.4.2 and appendix C
 */
import { readFileSync } from 'node:fs';
import * as argon2 from '@node-rs/argon2';
import pLimit from 'p-limit';
import { ApiError } from '../errors.ts';
import * as policy from '../security-policy.ts';

/**
 * Passwords of 15 characters and more that lead lists of leaked and guessed ones, one a line. Add the names of your
 * product and company (NIST calls them context-specific words).
 */
const COMMON_PASSWORDS = new Set(readFileSync('src/users/common-passwords.txt', 'utf8').split('\n'));

/** With fewer different characters, the length is only repetition. */
const MIN_DIFFERENT_CHARACTERS = 5;

const BUSY_RETRY_MS = 1000;

/** A flood of logins must neither fill the memory nor hold up the rest of the process. */
const limit = pLimit(policy.PASSWORD_HASHES_AT_ONCE);

/** Verified for an unknown user, so that the time taken does not tell which addresses are registered. */
const DUMMY_HASH = argon2.hashSync('not a password of anybody', policy.PASSWORD_HASHING);

/** Why a new password is refused, in words for the user; null when it is fine. */
export function passwordProblem(password: string, email: string): string | null {
  if (!password.isWellFormed()) return 'The password contains characters that cannot be stored.';
  const length = [...password].length;
  const { PASSWORD_MIN_LENGTH: least, PASSWORD_MAX_LENGTH: most } = policy;
  if (length < least) return `Use at least ${least} characters; a few words work well.`;
  if (length > most) return `Use at most ${most} characters.`;
  if (isGuessable(password.toLowerCase(), email)) return 'This password is among the first that attackers try.';
  return null;
}

function isGuessable(password: string, email: string): boolean {
  const isShortRepeated = /^(.{1,7}?)\1+$/u.test(password);
  const isMonotonous = new Set(password).size < MIN_DIFFERENT_CHARACTERS;
  return COMMON_PASSWORDS.has(password) || isShortRepeated || isMonotonous || password === email;
}

/** A PHC string. @throws ApiError `busy` */
export async function hashPassword(password: string): Promise<string> {
  return bounded(() => argon2.hash(password, policy.PASSWORD_HASHING));
}

/**
 * Whether the password is the one behind the hash. For an unknown user pass `null`: the same work is done.
 * @throws ApiError `busy`
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await bounded(() => argon2.verify(hash ?? DUMMY_HASH, password));
  return matches && hash !== null;
}

/** The hash was made with other parameters than today's: the next login renews it. */
export function isOutdated(hash: string): boolean {
  const { memoryCost, timeCost, parallelism } = policy.PASSWORD_HASHING;
  return !hash.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= policy.PASSWORD_HASH_QUEUE) throw new ApiError('busy', { retryAfterMs: BUSY_RETRY_MS });
  return limit(work);
}
