import type { View } from './view.ts';

/** A text copied unchanged, or a compiled template. */
export type Body = string | ((view: View) => string);

/** Overlay → path of the template, with slashes → its body. */
export type Overlays = Readonly<Record<string, Readonly<Record<string, Body>>>>;

/** The same as data; of a compiled template only the texts, because its code is part of the program. */
export type PackedBody = string | { texts: readonly string[] };
export type PackedOverlays = Readonly<Record<string, Readonly<Record<string, PackedBody>>>>;

/** The code of a compiled template. The name of a template is its overlay with its path. */
export type Code = (locals: View, escapeFn: typeof String, texts: readonly string[]) => string;
export type Codes = Readonly<Record<string, Code>>;

/** After each path and each body in the packed file. */
export const END = '\0';

/** After the path of a compiled template there. */
export const COMPILED = '()';

/** The data an overlay contributes to the view. */
export const DATA_PATH = 'overlay.json';

/** The requirements that an overlay meets. No template shows them. */
export const REQUIREMENTS_PATH = 'overlay.requirements.json';

/** Never emitted. */
export const isOverlayData = (path: string): boolean => path === DATA_PATH || path === REQUIREMENTS_PATH;

/** Marks a template; dropped from the emitted path. */
export const TEMPLATE_SUFFIX = '.ejs';

/** Between the texts of a compiled template there: a control character that no template contains. */
export const BETWEEN = '\u0001';

/** The build writes the packed file beside the bundle. */
export const PACKED_FILE = 'templates.br';

export function unpack(packed: PackedOverlays, codes: Codes): Overlays {
  return mapValues(packed, (files, overlay) =>
    mapValues(files, (body, path) => {
      if (typeof body === 'string') return body;
      const code = codes[`${overlay}/${path}`];
      if (!code) throw new Error(`there is no code for the template ${overlay}/${path}`);
      return (view: View) => code(view, String, body.texts);
    }),
  );
}

export function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
