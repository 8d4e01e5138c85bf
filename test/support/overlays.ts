import { overlaysFrom } from '../../src/build/pack-overlays.ts';
import type { OverlayTexts } from '../../src/build/read-overlays.ts';
import type { Overlays } from '../../src/plan/overlays.ts';

/** Small overlays for a test, compiled as the build compiles the real ones. */
export function overlaysOf(texts: OverlayTexts): Overlays {
  const signIn = ['', '-express', '-postgres', '-pages'].map((part) => `sign-in-password${part}`);
  const others = ['framework-express', 'store-postgres', 'pages', 'pages-express'];
  const chosen = [...others, ...signIn].map((name) => [name, {}]);
  const minimal = { base: { 'package.json': '{}' }, ...Object.fromEntries(chosen) };
  return overlaysFrom({ ...minimal, ...texts });
}
