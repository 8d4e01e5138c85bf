import ejs from 'ejs';
import { BARE, isOverlayData, TEMPLATE_SUFFIX } from '../plan/overlays.ts';
import type { View } from '../plan/view.ts';

/** What templates can name. As a record, so that the compiler reports a name of View that is missing here. */
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

/** overlay.json must keep its name, or editors would not take it for JSON. */
export const isTemplate = (path: string): boolean => path.endsWith(TEMPLATE_SUFFIX) || isOverlayData(path);

/**
 * EJS → the source of a function body that reads `locals` and returns a text. Compiled when the generator is built: at
 * run time that, and loading EJS, took longer than writing the project. What is written is source code and never HTML,
 * so nothing is escaped.
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

/** Texts that are not escaped look like those of other files, which is how the compressor makes them small. */
const withBareTexts = (source: string): string =>
  source.replace(/__append\(("(?:[^"\\]|\\.)*")\)/g, (_call, text) => `${BARE}${JSON.parse(text)}${BARE}`);
