/** `npm run db:setup`: creates what the engine must hold. Does nothing where it is there already. */

import { setUpEngine } from './schema.ts';
import { withEngine } from './with-engine.ts';

await withEngine(async (engine) => {
  await setUpEngine(engine);
  console.log('The engine is set up.');
});
