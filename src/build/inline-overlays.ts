import { packOverlays } from './pack-overlays.ts';
import { readOverlays } from './read-overlays.ts';

/** For vitest: the modules that the build makes from all templates, so that tests of emitted projects need no build. */
export function inlineOverlays(folder: string) {
  const packOnce = () => packOverlays(readOverlays(folder));
  return virtualModules({
    'virtual:template-codes': () => `export default ${packOnce().codes};`,
    'virtual:overlays': () => {
      const { packed, codes } = packOnce();
      return `import { unpack } from '/src/plan/overlays.ts';\nexport default unpack(${JSON.stringify(packed)}, ${codes});`;
    },
  });
}

/** A plugin, for vitest and rolldown alike, whose modules are texts. */
export function virtualModules(modules: Readonly<Record<string, () => string>>) {
  return {
    name: 'virtual-modules',
    resolveId: (id: string) => (id in modules ? `\0${id}` : null),
    load: (id: string) => modules[id.slice(1)]?.() ?? null,
  };
}
