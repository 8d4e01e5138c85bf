import { isTemplate, templateFunctionSource } from './compile-template.ts';
import { type OverlayTexts, readOverlays } from './read-overlays.ts';

const MODULE = 'virtual:overlays';
const RESOLVED = `\0${MODULE}`;

/** For rolldown and vitest: the module `virtual:overlays` holds all templates, so that users load one file. */
export function packTemplates(folder: string) {
  return {
    name: 'pack-templates',
    resolveId: (id: string) => (id === MODULE ? RESOLVED : null),
    load: (id: string) =>
      id === RESOLVED ? `export default ${overlaysSource(readOverlays(folder))};` : null,
  };
}

/** The source of an object with the type `Overlays`. */
export function overlaysSource(overlays: OverlayTexts): string {
  return objectSource(overlays, (files, overlay) =>
    objectSource(files, (text, path) =>
      isTemplate(path) && text.includes('<%')
        ? templateFunctionSource(text, `${overlay}/${path}`)
        : JSON.stringify(text),
    ),
  );
}

function objectSource<Value>(
  object: Readonly<Record<string, Value>>,
  show: (value: Value, key: string) => string,
): string {
  const entries = Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}: ${show(value, key)}`);
  return `{${entries.join(',\n')}}`;
}
