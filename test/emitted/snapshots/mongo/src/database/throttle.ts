/** How are throttling points kept in MongoDB? One document per key, with one time in it. The app makes all keys. */
import type { Collection } from 'mongodb';
import { interval, type ThrottleRecords } from '../protection/throttle.ts';
import type { Limit } from '../security-policy.ts';
import { isDuplicate } from './client.ts';
import type { Database } from './connection.ts';

interface PointsDocument {
  _id: string;
  fullAt: number;
  /** MongoDB deletes the document some time after this: the TTL index in migrations.ts. */
  expiresAt: Date;
}

export function createThrottleRecords({ run }: Pick<Database, 'run'>): ThrottleRecords {
  return {
    consume: (key, limit, now) =>
      run('throttle.consume', async (db) => {
        const records = db.collection<PointsDocument>('throttle');
        const cost = interval(limit);
        const latest = now + limit.perMs - cost;
        // Two steps, each atomic. The first takes nothing, and the second takes only what is there at that moment, so
        // parallel requests cannot take the same point. Whoever is too late for the last one looks again.
        for (;;) {
          const { fullAt } = await catchUp(records, key, limit, now);
          if (fullAt > latest) return fullAt - latest;
          const free = { _id: key, fullAt: { $lte: latest } };
          if ((await records.updateOne(free, { $inc: { fullAt: cost } })).matchedCount === 1) return 0;
        }
      }),

    refund: (key, limit) =>
      run('throttle.refund', (db) => {
        const records = db.collection<PointsDocument>('throttle');
        return records.updateOne({ _id: key }, { $inc: { fullAt: -interval(limit) } });
      }),

    /** The TTL index does it. */
    removeExpired: async () => {},
  };
}

/** The key as it is now. One that is new, or whose time has passed, has all its points and not more. */
async function catchUp(
  records: Collection<PointsDocument>,
  key: string,
  limit: Limit,
  now: number,
): Promise<PointsDocument> {
  const step = { $max: { fullAt: now, expiresAt: new Date(now + limit.perMs) } };
  for (;;) {
    try {
      const found = await records.findOneAndUpdate({ _id: key }, step, { upsert: true, returnDocument: 'after' });
      if (found) return found;
    } catch (error) {
      // Of several that insert a new key at once, one wins. The others find it the next time.
      if (!isDuplicate(error)) throw error;
    }
  }
}
