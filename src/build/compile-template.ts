import ejs from 'ejs';
import { isOverlayData, TEMPLATE_SUFFIX } from '../plan/overlays.ts';
import type { View } from '../plan/view.ts';

/** The names available to templates. A record, so that the compiler reports a missing key of View. */
const LOCALS: Record<keyof View, true> = {
  answers: true,
  project: true,
  generator: true,
  env: true,
  words: true,
  duration: true,
  string: true,
  run: true,
  install: true,
  manager: true,
  reproduce: true,
};

/** overlay.json is a template without the suffix, so that editors recognise it as JSON. */
export const isTemplate = (path: string): boolean => path.endsWith(TEMPLATE_SUFFIX) || isOverlayData(path);

export interface CompiledTemplate {
  /** The body of a function of `locals`, `escapeFn` and `texts`. */
  source: string;
  /** What it puts together, apart from the values: kept outside of the code, where it compresses better. */
  texts: readonly string[];
}

/**
 * Compiled at build time: loading EJS and compiling took longer than writing the project, and a Node may forbid it. The
 * output is source code, never HTML, so nothing is escaped.
 */
export function compileTemplate(text: string, filename: string): CompiledTemplate {
  const template = new ejs.Template(text, {
    filename,
    strict: true,
    destructuredLocals: Object.keys(LOCALS),
    compileDebug: false,
    escape: String,
  }) as ejs.Template & { source: string };
  template.compile();
  const texts: string[] = [];
  const source = template.source.replace(/__append\(("(?:[^"\\]|\\.)*")\)/g, (_call, literal) => {
    return `__append(texts[${texts.push(JSON.parse(literal)) - 1}])`;
  });
  return { source, texts };
}
