/** For XML and HTML, as text and in attributes. Characters that XML does not allow are dots by then. */
import { harmless } from './exchange-text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeXml = (text: string): string =>
  text
    .split('\n')
    .map((line) => harmless(line).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? ''))
    .join('\n');
