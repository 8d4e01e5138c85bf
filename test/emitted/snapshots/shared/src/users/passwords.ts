/**
 * Password hashing with argon2id, bounded: at most PASSWORD_HASHES_AT_ONCE at a time and PASSWORD_HASH_QUEUE
 * waiting, so that a flood of logins can neither fill the memory nor hold up the rest of the process.
 * @see OWASP ASVS 5.0 11.4.2 and appendix C
 */
import * as argon2 from '@node-rs/argon2';
import { Problem } from '../problems.ts';
import { PASSWORD_HASH_QUEUE, PASSWORD_HASHES_AT_ONCE, PASSWORD_HASHING } from '../security-policy.ts';

const BUSY_RETRY_MS = 1000;

let running = 0;
const waiting: (() => void)[] = [];

/** A PHC string. @throws Problem `busy` */
export function hashPassword(password: string): Promise<string> {
  return bounded(() => argon2.hash(password, PASSWORD_HASHING));
}

/**
 * Whether the password is the one behind the hash. For an unknown user pass `null`: the same work is done, so that
 * the time taken does not tell which addresses are registered.
 * @throws Problem `busy`
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await bounded(async () => argon2.verify(hash ?? (await nobodysHash()), password));
  return matches && hash !== null;
}

/** The hash was made with other parameters than today's: the next login should renew it. */
export function isOutdated(hash: string): boolean {
  const { memoryCost, timeCost, parallelism } = PASSWORD_HASHING;
  return !hash.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

let nobodys: Promise<string> | undefined;

function nobodysHash(): Promise<string> {
  nobodys ??= argon2.hash('nobody has this password', PASSWORD_HASHING);
  return nobodys;
}

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= PASSWORD_HASHES_AT_ONCE) {
    if (waiting.length >= PASSWORD_HASH_QUEUE) throw new Problem('busy', { retryAfterMs: BUSY_RETRY_MS });
    await new Promise<void>((start) => waiting.push(start));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    // A waiting hash takes over this one's place, so that a newcomer cannot slip in between.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
