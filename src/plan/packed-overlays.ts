import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import codes from 'virtual:template-codes';
import type { Answers } from '../options/options.ts';
import { layers } from './layers.ts';
import {
  BETWEEN,
  END,
  type Overlays,
  PACKED_FILE,
  type PackedBody,
  type PackedOverlays,
  REQUIREMENTS_PATH,
  unpack,
} from './overlays.ts';

/** The overlays that a project with these answers needs; their requirements only if asked. */
export function loadOverlays(answers: Answers, withRequirements = false): Overlays {
  const wanted = new Set(layers(answers).map(({ overlay }) => overlay));
  const isWanted = (overlay: string, path: string) =>
    wanted.has(overlay) && (withRequirements || path !== REQUIREMENTS_PATH);
  const compressed = readFileSync(`${__dirname}/${PACKED_FILE}`);
  return unpack(readPacked(compressed, isWanted), codes);
}

/** Reads what compressOverlays wrote. What is not wanted is not decoded. */
export function readPacked(
  compressed: Buffer,
  isWanted: (overlay: string, path: string) => boolean = () => true,
): PackedOverlays {
  const packed: Record<string, Record<string, PackedBody>> = {};
  const fields = fieldsIn(brotliDecompressSync(compressed, { chunkSize: TEXT_BYTES }));
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, overlay = '', path = '', mark] = NAME.exec(String(fields[index])) ?? [];
    if (!isWanted(overlay, path)) continue;
    const body = String(fields[index + 1]);
    packed[overlay] ??= {};
    packed[overlay][path] = mark ? { texts: body.split(BETWEEN) } : body;
  }
  return packed;
}

// --- internal ---

/** At least the size of all templates, which then come out in one piece. */
const TEXT_BYTES = 2 ** 20;

/** Overlay, path, and whether the body is compiled. */
const NAME = /^([^/]+)\/(.+?)(\(\))?$/;

/** Buffers, decoded one by one: a pure ASCII string takes half the memory and is faster to write. */
function fieldsIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let begin = 0, end = bytes.indexOf(END); end !== -1; begin = end + 1, end = bytes.indexOf(END, begin))
    found.push(bytes.subarray(begin, end));
  return found;
}
