import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { layers } from './layers.ts';
import type { Answers } from './options.ts';
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
  const fields = fieldsIn(brotliDecompressSync(compressed, { chunkSize: CHUNK_BYTES }));
  for (let name = fields.next(); !name.done; name = fields.next()) {
    const body = fields.next().value;
    const [, overlay = '', path = '', mark] = NAME.exec(String(name.value)) ?? [];
    if (!body || !isWanted(overlay)) continue;
    packed[overlay] ??= {};
    packed[overlay][path] = mark ? { source: String(body) } : String(body);
  }
  return packed;
}

// --- internal ---

/** Room for all at once: what does not fit is put together from pieces, which takes longer than the decompression. */
const CHUNK_BYTES = 1 << 20;

/** Overlay, path, and whether it is compiled. */
const NAME = /^([^/]+)\/(.+?)(\(\))?$/;

/** To be decoded one by one: a text of ASCII alone takes half of the memory, and is written sooner. */
function* fieldsIn(bytes: Buffer): Generator<Buffer, undefined> {
  for (let begin = 0, end = bytes.indexOf(END); end !== -1; begin = end + 1, end = bytes.indexOf(END, begin))
    yield bytes.subarray(begin, end);
}
