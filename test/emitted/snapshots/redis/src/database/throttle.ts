/** How are throttling points kept in Redis? One key per throttled thing, with one time in it. */
import { interval, type ThrottleRecords } from '../protection/throttle.ts';
import { script } from './client.ts';
import type { Database } from './connection.ts';

/** One script, so that parallel requests cannot take the same point. The time is the app's. */
const CONSUME = script<number>(`
  local now, interval, perMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local fullAt = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval
  local wait = fullAt - now - perMs
  if wait > 0 then return math.ceil(wait) end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', math.ceil(fullAt - now))
  return 0`);

/** A key that has expired had all its points. */
const REFUND = script<number>(`
  local fullAt = redis.call('GET', KEYS[1])
  if not fullAt then return 0 end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt - ARGV[1]), 'KEEPTTL')
  return 1`);

export function createThrottleRecords({ run }: Pick<Database, 'run'>): ThrottleRecords {
  return {
    consume: (key, limit, now) =>
      run('throttle.consume', (db) => CONSUME(db, pointsOf(key), now, interval(limit), limit.perMs)),

    refund: (key, limit) => run('throttle.refund', (db) => REFUND(db, pointsOf(key), interval(limit))),

    /** Redis deletes a key when its points are back. */
    removeExpired: async () => {},
  };
}

const pointsOf = (key: string) => `throttle:${key}`;
