/** Throttling points in Redis: one key and one time each. */
import type { Engine } from '../engine.ts';
import { script } from '../lua.ts';
import { type Buckets, costOf } from './login-throttle.ts';

/** One script, so that requests in parallel cannot take the same point. The time is the app's. */
const TAKE = script<number>(`
  local now, cost, perMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local fullAt = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + cost
  local wait = fullAt - now - perMs
  if wait > 0 then return math.ceil(wait) end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', math.ceil(fullAt - now))
  return 0`);

/** A key that has expired had all its points. */
const GIVE_BACK = script<number>(`
  local fullAt = redis.call('GET', KEYS[1])
  if not fullAt then return 0 end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt - ARGV[1]), 'KEEPTTL')
  return 1`);

export function createBuckets({ run }: Pick<Engine, 'run'>): Buckets {
  return {
    take: (key, limit, now) => run('throttle.take', (db) => TAKE(db, bucketOf(key), now, costOf(limit), limit.perMs)),

    giveBack: (key, limit) =>
      run('throttle.giveBack', async (db) => {
        await GIVE_BACK(db, bucketOf(key), costOf(limit));
      }),

    /** Redis deletes a key by itself when its points are back. */
    removeExpired: async () => {},
  };
}

const bucketOf = (key: string) => `throttle:${key}`;
