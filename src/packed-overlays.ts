import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { END, type Overlays, type PackedBody, type PackedOverlays, unpack } from './overlays.ts';

/** The build writes it beside the bundle. */
export const PACKED_FILE = 'templates.br';

export const loadOverlays = (): Overlays => unpack(readPacked(readFileSync(`${__dirname}/${PACKED_FILE}`)));

/** What compressOverlays made. */
export function readPacked(compressed: Buffer): PackedOverlays {
  const fields = texts(brotliDecompressSync(compressed));
  const packed: Record<string, Record<string, PackedBody>> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, overlay = '', path = '', mark] = NAME.exec(fields[index] ?? '') ?? [];
    const body = fields[index + 1] ?? '';
    packed[overlay] ??= {};
    packed[overlay][path] = mark ? { source: body } : body;
  }
  return packed;
}

// --- internal ---

/** Overlay, path, and whether it is compiled. */
const NAME = /^([^/]+)\/(.+?)(\(\))?$/;

/** Decoded one by one: a text of ASCII alone takes half of the memory, and is written sooner. */
function texts(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let begin = 0, end = bytes.indexOf(END); end !== -1; begin = end + 1, end = bytes.indexOf(END, begin))
    found.push(bytes.toString('utf8', begin, end));
  return found;
}
