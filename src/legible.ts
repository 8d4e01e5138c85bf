/** Text from outside may move the cursor, forge lines, reverse what follows, or be megabytes long. */
const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Several lines of text with nothing harmful in them. The escapes are also those of JSON, so documents stay the same. */
export const legible = (text: string): string => escaped(text, '\n\t');

/** The same in one line. A longer text loses its middle. */
export const oneLine = (text: string, longest = 3000): string => escaped(shortened(text, longest), '');

/** A value as messages quote it. */
export const quoted = (value: string): string => `"${oneLine(value, 100)}"`;

// --- internal ---

const escaped = (text: string, kept: string): string =>
  text.replace(HARMFUL, (character) => {
    return kept.includes(character)
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}
