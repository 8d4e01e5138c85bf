/** Addresses of an engine that production takes, and that it refuses. */
export const SAFE_ENGINE_URL = 'postgres://app:password@db.example:5432/app?sslmode=verify-full';

export const UNSAFE_ENGINE_URLS = [
  'postgres://app:password@db.example:5432/app',
  'postgres://app:password@db.example:5432/app?sslmode=require',
  'postgres://app:password@db.example:5432/app?sslmode=no-verify',
  'no address',
];
