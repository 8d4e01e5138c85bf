import { readFileSync } from 'node:fs';
import type { Overlays } from './overlays.ts';

/** The build writes it beside the bundle. */
export const PACKED_FILE = 'templates.json';

export const loadOverlays = (): Overlays => JSON.parse(readFileSync(`${__dirname}/${PACKED_FILE}`, 'utf8'));
