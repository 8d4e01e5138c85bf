/**
 * `npm run secrets:rotate`: a new secret signs from the next start on; the one before it still verifies, so nobody is
 * signed out. A second run drops the oldest: leave at least one absolute time-out between two runs.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const FILE = '.env';
const LINE = /^SESSION_SECRETS=(.*)$/m;

/** The new one and the one before. */
const KEPT = 2;

const text = read();
const match = LINE.exec(text);
if (match) {
  const secrets = [newSecret(match[1] ?? ''), ...(match[1] ?? '').split(',').filter(Boolean)].slice(0, KEPT);
  // A whole file or none: a broken .env would keep the app from starting.
  writeFileSync(
    `${FILE}.new`,
    text.replace(LINE, () => `SESSION_SECRETS=${secrets.join(',')}`),
    { mode: 0o600 },
  );
  renameSync(`${FILE}.new`, FILE);
  console.log(`${FILE} has a new session secret. Restart the server; cookies signed with the one before stay good.`);
} else {
  console.error(`${FILE} has no line SESSION_SECRETS=. Copy .env.example to ${FILE} first.`);
  process.exitCode = 2;
}

/** A secret made for development stays marked as one: production refuses it. */
function newSecret(current: string): string {
  return `${current.startsWith('dev-') ? 'dev-' : ''}${randomBytes(32).toString('base64url')}`;
}

function read(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return ''; // No file has no such line either: the same message helps.
  }
}
