/** What the generated project is compared with: published stores for express-session. */
export const STORES = {
  dependencies: {
    'connect-redis': '9.0.0',
    'connect-pg-simple': '10.0.0',
    'connect-mongo': '6.0.0',
    'koa-session': '7.0.2',
    // The middleware whose class of a store they extend, and the drivers they ask for.
    'express-session': '1.19.0',
    redis: '6',
    mongodb: '7',
  },
};
