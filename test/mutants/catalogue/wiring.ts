// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** How the parts are put together, and what they write: written without a look at the tests. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const server = mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
  {
    id: 'process-never-cleans-up',
    requirement: 'store.clean-up',
    what: 'The process never deletes what has expired.',
    find: 'services.removeExpired().catch(',
    replace: 'Promise.resolve().catch(',
    stores: ['postgres'],
    tests: ['postgres.test.ts'],
  },
  {
    id: 'clean-up-once-a-month',
    requirement: 'store.clean-up',
    what: 'The process deletes what has expired once a month.',
    find: '}, CLEAN_UP_INTERVAL_MS);',
    replace: '}, CLEAN_UP_INTERVAL_MS * 3000);',
    stores: ['postgres'],
    tests: ['postgres.test.ts'],
  },
  {
    id: 'process-throttles-in-memory',
    requirement: 'store.shared',
    what: 'Each process counts attempts for itself.',
    find: 'const services = createServices({ database, now: Date.now, log });',
    replace: `const taken = new Map<string, number>();
const points = {
  consume: async (key: string) => (taken.set(key, (taken.get(key) ?? 0) + 1).get(key) ?? 0) > 10 ? 1000 : 0,
  refund: async () => {},
  removeExpired: async () => {},
};
const services = createServices(
  { database, now: Date.now, log },
  { ...(await import('./services.ts')).createRecords(database), throttle: points },
);`,
  },
  {
    id: 'process-clock-stands',
    requirement: '7.3.1',
    what: 'The time of the process stands still, so no session ends.',
    find: 'now: Date.now, log }',
    replace: 'now: ((start) => () => start)(Date.now()), log }',
  },
  {
    id: 'process-serves-without-tls',
    requirement: '12.2.1',
    what: 'The process ignores its certificate.',
    find: 'createBoundedServer(app, config.tls)',
    replace: 'createBoundedServer(app, config.tls && null)',
  },
  {
    id: 'process-on-every-address',
    requirement: '13.2.3',
    what: 'The process listens on every address of the machine.',
    find: 'config.port, config.host)',
    replace: "config.port, config.host && '0.0.0.0')",
  },
]);

const services = mutantsOf({ file: 'src/services.ts', tests: ['postgres.test.ts', 'database.test.ts'] }, [
  {
    id: 'clean-up-forgets-the-throttle',
    requirement: 'store.clean-up',
    what: 'Addresses of whoever tried to sign in stay in the database.',
    find: 'sessions.removeExpired(now()), records.throttle.removeExpired(now())',
    replace: 'sessions.removeExpired(now())',
    stores: ['postgres'],
  },
  {
    id: 'clean-up-forgets-the-sessions',
    requirement: 'store.clean-up',
    what: 'Sessions that have ended stay in the database.',
    find: 'sessions.removeExpired(now()), records.throttle.removeExpired(now())',
    replace: 'records.throttle.removeExpired(now())',
    stores: ['postgres'],
  },
  {
    id: 'clean-up-an-hour-early',
    requirement: 'store.clean-up',
    what: 'Sessions are deleted while they are live.',
    find: 'sessions.removeExpired(now())',
    replace: 'sessions.removeExpired(now() + 3_600_000)',
    stores: ['postgres'],
  },
  {
    id: 'store-with-a-clock-of-its-own',
    requirement: '7.3.1',
    what: 'The store asks the machine for the time.',
    find: 'new SessionStore(sessions, now, log)',
    replace: 'new SessionStore(sessions, Date.now, log)',
    tests: ['clocks.test.ts'],
  },
  {
    id: 'lifecycle-with-a-clock-of-its-own',
    requirement: '7.3.2',
    what: 'Sessions begin when the machine says so.',
    find: 'createLifecycle(store, users.findById, now, log)',
    replace: 'createLifecycle(store, users.findById, Date.now, log)',
    tests: ['clocks.test.ts', 'reauthentication.test.ts'],
  },
  {
    id: 'throttle-with-a-clock-of-its-own',
    requirement: '6.3.1',
    what: 'Attempts come back when the machine says so.',
    find: 'createThrottle(records.throttle, now, log)',
    replace: 'createThrottle(records.throttle, Date.now, log)',
    tests: ['throttling.test.ts'],
  },
  {
    id: 'users-remembered',
    requirement: '7.4.2',
    what: 'A user is read once, so a disabled one stays in.',
    find: 'createLifecycle(store, users.findById, now, log)',
    replace: `createLifecycle(
      store,
      ((seen) => async (id: string) => {
        const user = seen.get(id) ?? (await users.findById(id));
        if (user) seen.set(id, user);
        return user;
      })(new Map<string, Awaited<ReturnType<typeof users.findById>>>()),
      now,
      log,
    )`,
    tests: ['accounts.test.ts', 'reauthentication.test.ts'],
  },
]);

const EXPIRY = {
  requirement: 'store.clean-up',
  stores: ['postgres'],
  tests: ['postgres.test.ts', 'clocks.test.ts'],
} as const;
const written = [
  ...mutantsOf({ file: 'src/database/sessions.ts', tests: EXPIRY.tests, stores: ['postgres'] }, [
    {
      id: 'insert-expires-in-a-thousand-times',
      requirement: EXPIRY.requirement,
      what: 'Records are kept a thousand times as long as their sessions.',
      find: 'const times = [new Date(lastSeenAt), new Date(expiresAt)];',
      replace:
        'const times = [new Date(lastSeenAt), new Date(lastSeenAt + (expiresAt - lastSeenAt) * 1000)];',
    },
    {
      id: 'insert-expires-at-once',
      requirement: EXPIRY.requirement,
      what: 'The next clean-up deletes sessions that are live.',
      find: 'const times = [new Date(lastSeenAt), new Date(expiresAt)];',
      replace:
        'const times = [new Date(lastSeenAt), new Date(lastSeenAt + (expiresAt - lastSeenAt) / 1000)];',
    },
    {
      id: 'touch-expires-in-a-thousand-times',
      requirement: EXPIRY.requirement,
      what: 'Records that are used are kept a thousand times as long as their sessions.',
      find: "return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(expiresAt)]);",
      replace:
        "return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(lastSeenAt + (expiresAt - lastSeenAt) * 1000)]);",
    },
    {
      id: 'touch-expires-at-once',
      requirement: EXPIRY.requirement,
      what: 'The next clean-up deletes sessions that are in use.',
      find: "return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(expiresAt)]);",
      replace:
        "return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(lastSeenAt)]);\n      void expiresAt;",
    },
    {
      id: 'seen-when-it-expires',
      requirement: '7.3.1',
      what: 'A session that is used counts as used at its end.',
      find: "return changesOne('touch', statement, [key, new Date(lastSeenAt), new Date(expiresAt)]);",
      replace:
        "return changesOne('touch', statement, [key, new Date(expiresAt + 0 * lastSeenAt), new Date(expiresAt)]);",
      tests: ['clocks.test.ts', 'database.test.ts'],
    },
    {
      id: 'records-without-their-user',
      requirement: 'store.by-user',
      what: 'Sessions are kept without their user, so none can be listed or ended.',
      find: '[key, content.user?.id, JSON',
      replace: '[key, null, JSON',
      tests: ['sessions.test.ts', 'database.test.ts'],
    },
    {
      id: 'content-of-another-row',
      requirement: 'store.apart',
      what: 'A write goes to every session of the table.',
      find: "'UPDATE sessions SET content = $2 WHERE key = $1'",
      replace: "'UPDATE sessions SET content = $2 WHERE key = $1 OR true'",
      tests: ['database.test.ts'],
    },
  ]),
  ...mutantsOf(
    { file: 'src/database/sessions.ts', tests: ['redis.test.ts', 'clocks.test.ts'], stores: ['redis'] },
    [
      {
        id: 'time-to-live-in-a-thousand-times',
        requirement: 'store.clean-up',
        what: 'Records are kept a thousand times as long as their sessions.',
        find: 'return Math.ceil(expiresAt - now);',
        replace: 'return Math.ceil(expiresAt - now) * 1000;',
      },
      {
        id: 'time-to-live-in-seconds',
        requirement: 'store.clean-up',
        what: 'Redis deletes sessions that are live.',
        find: 'return Math.ceil(expiresAt - now);',
        replace: 'return Math.ceil((expiresAt - now) / 1000);',
      },
      {
        id: 'time-to-live-of-the-machine',
        requirement: 'store.clean-up',
        what: 'The clock of the machine decides how long Redis keeps a record.',
        find: 'return Math.ceil(expiresAt - now);',
        replace: 'return Math.max(1, Math.ceil(expiresAt - Date.now() + 0 * now));',
      },
      {
        id: 'records-without-their-user',
        requirement: 'store.by-user',
        what: 'Sessions are kept without their user, so an ended one stays in the list.',
        find: 'await INSERT(db, recordOf(key), JSON.stringify(content), lastSeenAt, userId, ttl)',
        replace: "await INSERT(db, recordOf(key), JSON.stringify(content), lastSeenAt, '', ttl)",
        tests: ['sessions.test.ts', 'redis.test.ts'],
      },
      {
        id: 'index-before-the-record-goes',
        requirement: 'store.by-user',
        what: 'A session that was ended stays in the index of its user.',
        find: 'if (userId) await db.zRem(indexOf(userId), key);\n        return',
        replace: 'void userId;\n        return',
        tests: ['redis.test.ts', 'database.test.ts'],
      },
    ],
  ),
  ...mutantsOf(
    { file: 'src/database/users.ts', tests: ['database.test.ts', 'accounts.test.ts'], stores: ['postgres'] },
    [
      {
        id: 'disabled-without-a-version',
        requirement: '7.4.2',
        what: 'Disabling an account leaves its credential version.',
        find: '`UPDATE users SET disabled = true, ${RAISED} WHERE id = $1`',
        replace: "'UPDATE users SET disabled = true WHERE id = $1'",
      },
      {
        id: 'everybody-disabled',
        requirement: '7.4.2',
        what: 'Disabling an account disables all.',
        find: 'SET disabled = true, ${RAISED} WHERE id = $1`',
        replace: 'SET disabled = true, ${RAISED} WHERE id = $1 OR true`',
      },
      {
        id: 'version-raised-for-all',
        requirement: '7.4.3',
        what: 'A password change signs everybody out.',
        find: 'const where = `WHERE id = $1 AND credential_version = $2 RETURNING ${COLUMNS}`;',
        replace: 'const where = `WHERE (id = $1 OR true) AND credential_version = $2 RETURNING ${COLUMNS}`;',
      },
      {
        id: 'ids-of-users-in-a-row',
        requirement: 'store.by-user',
        what: 'The ids of users tell how many there are.',
        equivalent: 'Nothing depends on it: an id opens nothing, and only its user sees it.',
        find: "randomBytes(16).toString('base64url'), email",
        replace: 'String(Date.now() + randomBytes(2).readUInt16BE() * 1e13), email',
      },
    ],
  ),
];

const failing = [
  ...mutantsOf({ file: 'src/errors.ts', tests: ['database-failure.test.ts', 'server.test.ts'] }, [
    {
      id: 'deadline-timer-left',
      requirement: '16.5.2',
      what: 'Each call to the database leaves a timer, so a flood of requests fills the memory.',
      find: 'clearTimeout(timer);',
      replace: 'void timer;',
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', tests: ['postgres.test.ts'], stores: ['postgres'] }, [
    {
      id: 'connecting-without-end',
      requirement: '16.5.2',
      what: 'A request whose connection is not accepted leaves it waiting without end.',
      find: 'connectionTimeoutMillis: DATABASE_DEADLINE_MS,',
      replace: '',
    },
  ]),
];

const accepted = [
  ...mutantsOf({ file: 'src/protection/cross-site.ts', tests: ['requests.test.ts'] }, [
    {
      id: 'override-says-get',
      requirement: '3.5.1',
      what: 'A header that says GET passes the cross-site rule.',
      find: 'if (SAFE_METHODS.has(method) ||',
      replace: "if (SAFE_METHODS.has(String(headers['x-http-method-override'] ?? method)) ||",
    },
    {
      id: 'ajax-header-passes',
      requirement: '3.5.1',
      what: 'X-Requested-With passes the cross-site rule.',
      find: 'if (SAFE_METHODS.has(method) ||',
      replace: "if (SAFE_METHODS.has(method) || headers['x-requested-with'] ||",
    },
    {
      id: 'referer-in-the-place-of-origin',
      requirement: '3.5.1',
      what: 'A Referer that begins like an own address passes in the place of an Origin.',
      find: 'if (SAFE_METHODS.has(method) ||',
      replace: 'if (SAFE_METHODS.has(method) || origins.some((own) => headers.referer?.startsWith(own)) ||',
    },
    {
      id: 'host-as-an-origin',
      requirement: '3.5.1',
      what: 'Whatever Host a request names counts as an own origin.',
      find: 'if (SAFE_METHODS.has(method) ||',
      replace: 'if (SAFE_METHODS.has(method) || headers.origin === `https://${headers.host}` ||',
    },
  ]),
  ...mutantsOf({ file: 'src/security-policy.ts', tests: ['cookies.test.ts'] }, [
    {
      id: 'weaker-prefix',
      requirement: '3.3.1',
      also: ['NIST 5.1.1'],
      what: 'The cookie has a prefix by which browsers enforce less than SECURITY.md says.',
      find: "COOKIE_NAME = '__Host-id'",
      replace: "COOKIE_NAME = '__Secure-id'",
    },
    {
      id: 'device-cookie-weaker-prefix',
      requirement: '3.3.1',
      what: 'A sub-domain can plant the cookie of a known browser.',
      find: "DEVICE_COOKIE_NAME = '__Host-device'",
      replace: "DEVICE_COOKIE_NAME = 'device'",
    },
  ]),
  ...(['express', 'fastify', 'koa'] as const).flatMap((framework) => {
    const request = framework === 'koa' ? 'ctx' : 'request';
    return mutantsOf(
      {
        file: 'src/app.ts',
        frameworks: [framework],
        tests: ['requests.test.ts', 'reauthentication.test.ts'],
      },
      [
        {
          id: 'session-read-before-the-body',
          tests: ['sessions.test.ts'],
          requirement: '7.4.1',
          what: 'Who sends a body slowly is served by the session of when it began, ended though it is.',
          ...{
            express: {
              find: `  routes.use(async (request, _response, next) => {
    const body: Json | undefined = await readJson(request);
    request.body = body; // before the session is read, which then is as fresh as can be
    next();
  });
  routes.use(sessionMiddleware(store, config.secrets));
  routes.use(async (request, _response, next) => {
    request.currentUser = await lifecycle.findUser(request);
    next();
  });`,
              replace: `  routes.use(sessionMiddleware(store, config.secrets));
  routes.use(async (request, _response, next) => {
    request.currentUser = await lifecycle.findUser(request);
    const body: Json | undefined = await readJson(request);
    request.body = body;
    next();
  });`,
            },
            fastify: {
              find: "routes.addHook('preHandler', async (request) => {\n      request.currentUser",
              replace: "routes.addHook('preValidation', async (request) => {\n      request.currentUser",
              equivalent:
                'The session is read in a preHandler, which comes after, so nobody is signed in any more.',
            },
            koa: {
              find: `  app.use(async (ctx: Context, next: Next) => {
    ctx.request.body = await readJson(ctx.req); // before the session is read, which then is as fresh as can be
    return next();
  });
  app.use(sessionMiddleware(store, config.secrets));
  app.use(async (ctx: Context, next: Next) => {
    ctx.currentUser = await lifecycle.findUser(ctx);
    return next();
  });`,
              replace: `  app.use(sessionMiddleware(store, config.secrets));
  app.use(async (ctx: Context, next: Next) => {
    ctx.currentUser = await lifecycle.findUser(ctx);
    ctx.request.body = await readJson(ctx.req);
    return next();
  });`,
            },
          }[framework],
        },
        {
          id: 'user-from-a-header',
          requirement: '7.2.1',
          what: 'A header names the user.',
          find: `${request}.currentUser = await lifecycle.findUser(${request});`,
          replace: `${request}.currentUser =
      (await services.users.findById(String(${request}.headers['x-user-id'] ?? ''))) ?? (await lifecycle.findUser(${request}));`,
          equivalent:
            'Nobody can test for every name that a header might have; requireLogin finds no session all the same.',
        },
      ],
    );
  }),
];

const files = [
  ...mutantsOf({ file: 'scripts/certs.ts', tests: ['config.test.ts'] }, [
    {
      id: 'key-of-the-certificate-readable',
      requirement: '13.3.1',
      what: 'Every user of the machine can read the key that npm run certs writes.',
      find: "key, { mode: 0o600, flag: 'wx' }",
      replace: "key, { mode: 0o666, flag: 'wx' }",
    },
  ]),
  ...mutantsOf({ file: 'scripts/admin.ts', tests: ['admin.test.ts'] }, [
    {
      id: 'secrets-on-the-way-readable',
      requirement: '13.3.1',
      what: 'Every user of the machine can read the secrets that rotate-secret writes.',
      find: "writeFileSync('.env.new', changed, { mode: 0o600 });",
      replace: "writeFileSync('.env.new', changed);",
    },
    {
      id: 'address-of-the-database-as-a-command',
      requirement: '7.4.5',
      what: 'Revoking one user revokes all.',
      find: "['revoke', (users, { id }) => users.raiseCredentialVersion(id)],",
      replace: "['revoke', (users) => users.raiseAllCredentialVersions()],",
    },
  ]),
];

export const WIRING: Mutant[] = [...server, ...services, ...written, ...failing, ...accepted, ...files];
