import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { type Overlays, unpack } from './overlays.ts';

/** The build writes it beside the bundle. */
export const PACKED_FILE = 'templates.br';

export const loadOverlays = (): Overlays =>
  unpack(JSON.parse(brotliDecompressSync(readFileSync(`${__dirname}/${PACKED_FILE}`)).toString()));
