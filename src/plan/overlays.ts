import type { View } from './view.ts';

/** A text that is copied as it is, or a compiled template. */
export type Body = string | ((view: View) => string);

/** Overlay → path of the template, with slashes → its body. */
export type Overlays = Readonly<Record<string, Readonly<Record<string, Body>>>>;

/** The same as data; a compiled template is the source of its function. */
export type PackedBody = string | { source: string };
export type PackedOverlays = Readonly<Record<string, Readonly<Record<string, PackedBody>>>>;

/** After each path and each body in the packed file. */
export const END = '\0';

/** After the path of a compiled template there. */
export const COMPILED = '()';

/** An overlay's contribution of data, in one file or several such as overlay.requirements.json; never emitted. */
export const isOverlayData = (path: string): boolean => /^overlay(\.\w+)?\.json$/.test(path);

/** What marks a template; dropped from the emitted path. */
export const TEMPLATE_SUFFIX = '.ejs';

export function unpack(packed: PackedOverlays): Overlays {
  return mapValues(packed, (files) =>
    mapValues(files, (body) => (typeof body === 'string' ? body : revive(body.source))),
  );
}

export function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

/** Around the texts in the source of a compiled template; a control character that no template has. */
export const BARE = '\u0001';

/** Only when it is called: most templates belong to choices that were not made. */
const revive =
  (source: string) =>
  (view: View): string =>
    new Function('locals', 'escapeFn', withCalls(source))(view, String);

const withCalls = (source: string): string =>
  source
    .split(BARE)
    .map((part, index) => (index % 2 === 1 ? `__append(${JSON.stringify(part)})` : part))
    .join('');
