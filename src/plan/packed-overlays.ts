import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { Answers } from '../options/options.ts';
import { layers } from './layers.ts';
import { END, type Overlays, type PackedBody, type PackedOverlays, unpack } from './overlays.ts';

/** The build writes it beside the bundle. */
export const PACKED_FILE = 'templates.br';

/** Those that a project of these answers is made of. */
export function loadOverlays(answers: Answers): Overlays {
  const wanted = new Set(layers(answers).map(({ overlay }) => overlay));
  return unpack(readPacked(readFileSync(`${__dirname}/${PACKED_FILE}`), (overlay) => wanted.has(overlay)));
}

/** What compressOverlays made, or some of it: what is left out is not decoded either. */
export function readPacked(
  compressed: Buffer,
  isWanted: (overlay: string) => boolean = () => true,
): PackedOverlays {
  const packed: Record<string, Record<string, PackedBody>> = {};
  const fields = fieldsIn(brotliDecompressSync(compressed));
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, overlay = '', path = '', mark] = NAME.exec(String(fields[index])) ?? [];
    if (!isWanted(overlay)) continue;
    const body = String(fields[index + 1]);
    packed[overlay] ??= {};
    packed[overlay][path] = mark ? { source: body } : body;
  }
  return packed;
}

// --- internal ---

/** Overlay, path, and whether it is compiled. */
const NAME = /^([^/]+)\/(.+?)(\(\))?$/;

/** To be decoded one by one: a text of ASCII alone takes half of the memory, and is written sooner. */
function fieldsIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let begin = 0, end = bytes.indexOf(END); end !== -1; begin = end + 1, end = bytes.indexOf(END, begin))
    found.push(bytes.subarray(begin, end));
  return found;
}
