/** What MongoDB must hold before the app starts. The app itself needs no right to change it. */
import type { Engine } from '../src/engine.ts';

/** An index is left alone where it is there already, so several places may run this at once. */
export async function setUpEngine({ run }: Engine): Promise<void> {
  await run('setup', async (db) => {
    await db.collection('users').createIndex({ id: 1 }, { unique: true });
    await db.collection('sessions').createIndex({ userId: 1 }, { sparse: true });
    // MongoDB deletes a document once the time in it has passed.
    await db.collection('sessions').createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
    await db.collection('throttle').createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  });
}
