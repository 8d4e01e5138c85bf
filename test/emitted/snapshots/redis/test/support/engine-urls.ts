/** Addresses of an engine that production takes, and that it refuses. */
export const SAFE_ENGINE_URL = 'rediss://app:password@redis.example:6380';

export const UNSAFE_ENGINE_URLS = [
  'redis://app:password@redis.example:6379',
  'rediss://app:password@one.example:6379,redis://two.example:6379',
  'no address',
];
