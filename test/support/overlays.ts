import { overlaysSource } from '../../src/build/pack-templates.ts';
import type { OverlayTexts } from '../../src/build/read-overlays.ts';
import type { Overlays } from '../../src/overlays.ts';

/** Small overlays for a test, compiled as the build compiles the real ones. */
export function overlaysOf(texts: OverlayTexts): Overlays {
  const minimal = { base: { 'package.json': '{}' }, 'framework-express': {}, 'store-postgres': {} };
  return new Function(`return ${overlaysSource({ ...minimal, ...texts })}`)();
}
