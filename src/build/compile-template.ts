import ejs from 'ejs';
import { BARE, isOverlayData, TEMPLATE_SUFFIX } from '../plan/overlays.ts';
import type { View } from '../plan/view.ts';

/** The names available to templates. A record, so that the compiler reports a missing key of View. */
const LOCALS: Record<keyof View, true> = {
  answers: true,
  project: true,
  generator: true,
  env: true,
  words: true,
  requirements: true,
  duration: true,
  string: true,
  run: true,
  install: true,
  manager: true,
  reproduce: true,
};

/** overlay.json is a template without the suffix, so that editors recognise it as JSON. */
export const isTemplate = (path: string): boolean => path.endsWith(TEMPLATE_SUFFIX) || isOverlayData(path);

/**
 * EJS → the source of a function body that reads `locals` and returns a text. Compiled at build time: loading EJS and
 * compiling took longer than writing the project. The output is source code, never HTML, so nothing is escaped.
 */
export function templateSource(text: string, filename: string): string {
  const template = new ejs.Template(text, {
    filename,
    strict: true,
    destructuredLocals: Object.keys(LOCALS),
    compileDebug: false,
    escape: String,
  }) as ejs.Template & { source: string };
  template.compile();
  return withBareTexts(template.source);
}

// --- internal ---

/** Unescaped texts resemble those of other files, so they compress better. */
const withBareTexts = (source: string): string =>
  source.replace(/__append\(("(?:[^"\\]|\\.)*")\)/g, (_call, text) => `${BARE}${JSON.parse(text)}${BARE}`);
