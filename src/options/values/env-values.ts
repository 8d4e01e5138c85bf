/** Node ends an unquoted value at a #, and cannot read a quote inside quotes of its kind. */
const PLAIN = /^[\w@%+:,./\\-]+$/;

/**
 * A text as .env writes it, so that Node reads it back unchanged.
 *
 * @returns undefined for a text that would break out: with line breaks, or with every kind of quote
 */
export function envValue(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (/\p{Cc}/u.test(text)) return undefined;
  // Between double quotes, \n is a line break.
  const quote = ["'", '`', '"'].find(
    (quote) => !text.includes(quote) && (quote !== '"' || !text.includes('\\n')),
  );
  return quote && quote + text + quote;
}
