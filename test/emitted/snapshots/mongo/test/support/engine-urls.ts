/** Addresses of an engine that production takes, and that it refuses. */
export const SAFE_ENGINE_URL = 'mongodb://app:password@one.example:27017,two.example:27017/app?tls=true';

export const UNSAFE_ENGINE_URLS = [
  'mongodb://app:password@mongodb.example:27017/app',
  'mongodb+srv://app:password@mongodb.example/app?tls=false',
  'mongodb://app:password@mongodb.example:27017/app?tls=true&tlsInsecure=true',
  'mongodb://app:password@mongodb.example:27017/app?tls=true&tlsAllowInvalidCertificates=true',
  'mongodb://app:password@mongodb.example:27017/app?tls=true&tlsAllowInvalidHostnames=true',
  'no address',
];
