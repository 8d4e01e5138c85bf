/** What Redis must hold before the app starts: nothing. Keys come with what is kept under them. */
import type { Engine } from '../src/engine.ts';

/** Looks whether the engine is there, so that success means that it is. */
export async function setUpEngine({ run }: Engine): Promise<void> {
  await run('setup', (db) => db.ping());
}
