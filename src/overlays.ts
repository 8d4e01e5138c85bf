import type { View } from './view.ts';

/** A text that is copied as it is, or a compiled template. */
export type Body = string | ((view: View) => string);

/** Overlay → path of the template, with slashes → its body. */
export type Overlays = Readonly<Record<string, Readonly<Record<string, Body>>>>;

/** An overlay's contribution of data, in one file or several such as overlay.requirements.json; never emitted. */
export const isOverlayData = (path: string): boolean => /^overlay(\.\w+)?\.json$/.test(path);

/** What marks a template; dropped from the emitted path. */
export const TEMPLATE_SUFFIX = '.ejs';
