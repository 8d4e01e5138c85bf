/**
 * Which passwords may be chosen: long ones that nobody would try first. No rules on kinds of characters, no
 * periodic change (NIST SP 800-63B-4 section 3.1.1.2, ASVS 5.0 6.2). A password is taken as it is: never trimmed,
 * folded or cut off.
 */
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../security-policy.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/** Fewer different characters than this, and the length is only repetition. */
const MIN_DIFFERENT_CHARACTERS = 5;

/** Why a new password is refused, in words for the user; null when it is fine. */
export function passwordProblem(password: string, email: string): string | null {
  if (!password.isWellFormed()) return 'The password holds characters that cannot be stored.';
  const length = [...password].length;
  if (length < PASSWORD_MIN_LENGTH) return `Use at least ${PASSWORD_MIN_LENGTH} characters; a few words do well.`;
  if (length > PASSWORD_MAX_LENGTH) return `Use at most ${PASSWORD_MAX_LENGTH} characters.`;
  if (isGuessable(password.toLowerCase(), email)) return 'This password is among the first that an attacker tries.';
  return null;
}

function isGuessable(password: string, email: string): boolean {
  const isShortRepeated = /^(.{1,7}?)\1+$/u.test(password);
  const isMonotonous = new Set(password).size < MIN_DIFFERENT_CHARACTERS;
  return COMMON_PASSWORDS.has(password) || isShortRepeated || isMonotonous || password === email;
}
