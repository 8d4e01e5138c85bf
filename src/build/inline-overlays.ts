import { packOverlays } from './pack-overlays.ts';
import { readOverlays } from './read-overlays.ts';

const MODULE = 'virtual:overlays';
const RESOLVED = `\0${MODULE}`;

/** For vitest: a module with all templates, so that tests of emitted projects need no build. */
export function inlineOverlays(folder: string) {
  return {
    name: 'inline-overlays',
    resolveId: (id: string) => (id === MODULE ? RESOLVED : null),
    load(id: string) {
      if (id !== RESOLVED) return null;
      const packed = JSON.stringify(packOverlays(readOverlays(folder)));
      return `import { unpack } from '/src/plan/overlays.ts';\nexport default unpack(${packed});`;
    },
  };
}
