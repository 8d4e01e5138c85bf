import { brotliCompressSync, constants } from 'node:zlib';
import { COMPILED, END, mapValues, type PackedOverlays } from '../plan/overlays.ts';
import { isTemplate, templateSource } from './compile-template.ts';
import type { OverlayTexts } from './read-overlays.ts';

/** Compiles templates. A template without tags is packed as text. */
export function packOverlays(overlays: OverlayTexts): PackedOverlays {
  return mapValues(overlays, (files, overlay) =>
    mapValues(files, (text, path) =>
      isTemplate(path) && text.includes('<%') ? { source: templateSource(text, `${overlay}/${path}`) } : text,
    ),
  );
}

/** Brotli, because npm's gzip has a window of only 32 kB and would make the package a quarter larger. */
export function compressOverlays(packed: PackedOverlays): Buffer {
  const text = asText(packed);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) };
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, ...size } });
}

// --- internal ---

/** Path, body, path, body: faster to read than JSON, and smaller, because nothing is escaped. */
function asText(packed: PackedOverlays): string {
  const fields = Object.entries(packed).flatMap(([overlay, files]) =>
    Object.entries(files).flatMap(([path, body]) =>
      typeof body === 'string'
        ? [`${overlay}/${path}`, body]
        : [`${overlay}/${path}${COMPILED}`, body.source],
    ),
  );
  const reserved = fields.find((field) => field.includes(END));
  if (reserved) throw new Error(`a template holds a character that separates them: ${reserved.slice(0, 80)}`);
  return fields.map((field) => field + END).join('');
}
