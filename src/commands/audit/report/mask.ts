/** Secrets in what is printed: four characters stay, so that two values can be told apart. */

const KEPT = 4;

/** @param secrets in any order; parts of signed cookies are secrets of their own */
export function maskerOf(secrets: Iterable<string>): (text: string) => string {
  const all = new Set<string>();
  for (const secret of secrets) {
    for (const text of [secret, decoded(secret), ...secret.split(/%3A|%2E|[.:|]/i)]) {
      if (text.length > KEPT * 2) for (const written of spellings(text)) all.add(written);
    }
  }
  // The longest first: a part must not leave the rest of the whole behind.
  const ordered = [...all].sort((a, b) => b.length - a.length);
  return (text) =>
    ordered.reduce((masked, secret) => masked.replaceAll(secret, `${secret.slice(0, KEPT)}…`), text);
}

// --- internal ---

const spellings = (text: string): string[] => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
