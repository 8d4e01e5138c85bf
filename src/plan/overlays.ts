import type { View } from './view.ts';

/** A text copied unchanged, or a compiled template. */
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

/** The data an overlay contributes, in overlay.json or files such as overlay.requirements.json. Never emitted. */
export const isOverlayData = (path: string): boolean => /^overlay(\.\w+)?\.json$/.test(path);

/** Marks a template; dropped from the emitted path. */
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

/** Surrounds the texts in the source of a compiled template: a control character that no template contains. */
export const BARE = '\u0001';

/** Compiles on the first call, because a run may not need every template. */
const revive =
  (source: string) =>
  (view: View): string =>
    new Function('locals', 'escapeFn', withCalls(source))(view, String);

const withCalls = (source: string): string =>
  source
    .split(BARE)
    .map((part, index) => (index % 2 === 1 ? `__append(${JSON.stringify(part)})` : part))
    .join('');
