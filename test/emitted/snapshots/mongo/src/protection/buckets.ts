/** Throttling points in MongoDB: one document and one time per key. A key is text that the app made: no operator. */
import type { Collection } from 'mongodb';
import { type Engine, isDuplicate } from '../engine.ts';
import type { Limit } from '../security-policy.ts';
import { type Buckets, costOf } from './login-throttle.ts';

interface BucketDocument {
  _id: string;
  fullAt: number;
  /** MongoDB deletes the document some time after it: the TTL index in schema.ts. */
  expiresAt: Date;
}

export function createBuckets({ run }: Pick<Engine, 'run'>): Buckets {
  return {
    take: (key, limit, now) =>
      run('throttle.take', async (db) => {
        const buckets = db.collection<BucketDocument>('throttle');
        const cost = costOf(limit);
        const latest = now + limit.perMs - cost;
        // Two steps, each atomic. Nobody takes in the first, and the second takes only what is there at that moment,
        // so requests in parallel cannot take the same point. Whoever comes too late for the last one looks again.
        for (;;) {
          const { fullAt } = await catchUp(buckets, key, limit, now);
          if (fullAt > latest) return fullAt - latest;
          const free = { _id: key, fullAt: { $lte: latest } };
          if ((await buckets.updateOne(free, { $inc: { fullAt: cost } })).matchedCount === 1) return 0;
        }
      }),

    giveBack: (key, limit) =>
      run('throttle.giveBack', async (db) => {
        const buckets = db.collection<BucketDocument>('throttle');
        await buckets.updateOne({ _id: key }, { $inc: { fullAt: -costOf(limit) } });
      }),

    /** The TTL index does it. */
    removeExpired: async () => {},
  };
}

/** The key as it stands. One that is new, or whose time has passed, has all its points and not more. */
async function catchUp(
  buckets: Collection<BucketDocument>,
  key: string,
  limit: Limit,
  now: number,
): Promise<BucketDocument> {
  const step = { $max: { fullAt: now, expiresAt: new Date(now + limit.perMs) } };
  for (;;) {
    try {
      const bucket = await buckets.findOneAndUpdate({ _id: key }, step, { upsert: true, returnDocument: 'after' });
      if (bucket) return bucket;
    } catch (error) {
      // Of several that insert a new key at once, one does. The others find it the next time.
      if (!isDuplicate(error)) throw error;
    }
  }
}
