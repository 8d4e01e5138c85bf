import { brotliCompressSync, constants } from 'node:zlib';
import {
  BETWEEN,
  COMPILED,
  END,
  isOverlayData,
  mapValues,
  type Overlays,
  type PackedOverlays,
  unpack,
} from '../plan/overlays.ts';
import { compileTemplate, isTemplate } from './compile-template.ts';
import type { OverlayTexts } from './read-overlays.ts';

/** A template without tags is packed as text. */
export function packOverlays(overlays: OverlayTexts): { packed: PackedOverlays; codes: string } {
  const sources: string[] = [];
  const packed = mapValues(overlays, (files, overlay) =>
    mapValues(files, (whole, path) => {
      // Nobody reads the data of overlays as text, and a JSON string holds no line break.
      const text = isOverlayData(path) ? whole.replaceAll(/\n\s+/g, '\n') : whole;
      if (!isTemplate(path) || !text.includes('<%')) return text;
      const name = `${overlay}/${path}`;
      const { source, texts } = compileTemplate(text, name);
      sources.push(`${JSON.stringify(name)}: function (locals, escapeFn, texts) {\n${source}\n}`);
      return { texts };
    }),
  );
  return { packed, codes: `({\n${sources.join(',\n')}\n})` };
}

/** For tests, which compile what the program brings with it. */
export function overlaysFrom(texts: OverlayTexts): Overlays {
  const { packed, codes } = packOverlays(texts);
  return unpack(packed, new Function(`return ${codes}`)());
}

/** Brotli, because npm's gzip has a window of only 32 kB and would make the package a quarter larger. */
export function compressOverlays(packed: PackedOverlays): Buffer {
  const text = asText(packed);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) };
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, ...size } });
}

// --- internal ---

/**
 * Path, body, path, body: faster to read than JSON, and smaller, because nothing is escaped. Alternatives lie side by
 * side, which compresses better.
 */
function asText(packed: PackedOverlays): string {
  const files = Object.entries(packed).flatMap(([overlay, files]) =>
    Object.entries(files).map(([path, body]) => ({ overlay, path, body })),
  );
  const fields = files
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ overlay, path, body }) =>
      typeof body === 'string'
        ? [`${overlay}/${path}`, body]
        : [`${overlay}/${path}${COMPILED}`, body.texts.join(BETWEEN)],
    );
  const reserved = fields.find((field) => field.includes(END));
  if (reserved) throw new Error(`a template holds a character that separates them: ${reserved.slice(0, 80)}`);
  return fields.map((field) => field + END).join('');
}
