// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Who is let in, and that nobody is when the database cannot say. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const FRAMEWORKS = [
  { framework: 'express', request: 'request', ip: 'addressOf(request)', path: "request.path === '" },
  { framework: 'fastify', request: 'request', ip: 'request.ip', path: "request.url === '/api" },
  { framework: 'koa', request: 'ctx', ip: 'ctx.ip', path: "ctx.path === '/api" },
] as const;

const TESTS = ['routes.test.ts', 'reauthentication.test.ts', 'database-failure.test.ts'];

const GUEST = "{ id: '', email: '', credentialVersion: 1, passwordHash: '', disabled: false }";

const guards = mutantsOf({ file: 'src/session/lifecycle.ts', tests: TESTS }, [
  {
    id: 'login-not-required',
    requirement: '7.2.1',
    what: 'Whoever asks is let in.',
    find: "if (!user) throw new ApiError('unauthenticated');",
    replace: 'if (!user) return user as unknown as User;',
  },
  {
    id: 'visitors-are-guests',
    requirement: '7.2.1',
    what: 'Whoever asks is let in, as a user that does not exist.',
    find: "if (!user) throw new ApiError('unauthenticated');",
    replace: `if (!user) {
        request.currentUser = ${GUEST};
        return request.currentUser;
      }`,
  },
  {
    id: 'activity-not-noted',
    requirement: '7.3.1',
    what: 'Using the app does not count as activity.',
    find: 'await lifecycle.noteActivity(request);\n      return user;',
    replace: 'return user;',
    tests: ['clocks.test.ts'],
  },
  {
    id: 'activity-not-awaited',
    requirement: '16.5.3',
    what: 'A request of a session that was ended meanwhile, or whose activity could not be noted, is served.',
    find: 'await lifecycle.noteActivity(request);\n      return user;',
    replace: 'void lifecycle.noteActivity(request).catch(() => {});\n      return user;',
    tests: ['database-failure.test.ts', 'sessions.test.ts'],
  },
  {
    id: 'activity-errors-swallowed',
    requirement: '16.5.3',
    what: 'A request whose activity could not be noted is served.',
    find: 'await orDrop(request, store.touch(sessionIdOf(request), content));',
    replace: 'await store.touch(sessionIdOf(request), content).catch(() => {});',
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'recent-login-not-required',
    requirement: '7.5.3',
    what: 'Dangerous actions never ask for the password again.',
    find: "if (!isRecentlyAuthenticated(content, now())) throw new ApiError('reauthentication_required');",
    replace: '',
  },
  {
    id: 'recent-login-of-nobody',
    requirement: '7.5.2',
    what: 'The recent login of a visitor session counts.',
    find: "if (!content?.user) throw new ApiError('unauthenticated');",
    replace: "if (!content) throw new ApiError('unauthenticated');",
    equivalent:
      'requireLogin stands before each route that asks for it, and lets no visitor session through.',
  },
  {
    id: 'user-not-read-again',
    requirement: '8.3.2',
    what: 'The user is taken from the session, not read: a change takes effect at the next login only.',
    find: 'const user = await findById(identity.id);',
    replace: 'const user = { ...identity, disabled: false, email: "" } as unknown as User; void findById;',
    tests: ['accounts.test.ts'],
  },
  {
    id: 'user-lookup-fails-open',
    requirement: '16.5.3',
    what: 'When the user cannot be read, the session alone lets in.',
    find: 'const user = await findById(identity.id);',
    replace: `const user = await findById(identity.id).catch(
      () => ({ ...identity, disabled: false, email: '' }) as unknown as User,
    );`,
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'user-lookup-fails-as-visitor',
    requirement: '16.5.3',
    what: 'When the user cannot be read, the request is served as a visitor.',
    find: 'const user = await findById(identity.id);',
    replace: `const user = await findById(identity.id).catch(() => undefined);
    if (user === undefined) return null;`,
    tests: ['database-failure.test.ts'],
  },
]);

const MEMBERS_FIRST = {
  id: 'members-before-the-guard',
  requirement: '7.2.1',
  what: 'No route is behind requireLogin: each has to ask for the user itself.',
};
/** They still refuse visitors, by userOf. What is lost is what else requireLogin does. */
const SESSIONS_FIRST = {
  id: 'list-of-sessions-before-the-guard',
  requirement: '7.3.1',
  what: 'Looking at the sessions does not count as activity, and a session that has just ended still lists them.',
  tests: ['clocks.test.ts'],
};
const ACCOUNT_FIRST = {
  id: 'account-before-the-guard',
  requirement: '7.3.1',
  what: 'A wrong password of somebody who is signed in does not count as activity.',
  tests: ['clocks.test.ts', 'reauthentication.test.ts'],
};
const UNKNOWN_PATHS_OPEN = {
  id: 'unknown-paths-told-to-visitors',
  requirement: '7.2.1',
  what: 'A visitor learns which paths of the API exist: the others are a 404.',
};

/** Where requireLogin stands: above the routes of members, and before the 404. */
const mounted = {
  express: (() => {
    const [guard, account, sessions] = [
      'routes.use(requireLogin);',
      'accountRoutes(routes, signIn);',
      'sessionRoutes(routes, services);',
    ];
    const find = `${guard}\n  ${account}\n  ${sessions}`;
    return [
      { ...MEMBERS_FIRST, find, replace: `${account}\n  ${sessions}\n  ${guard}` },
      { ...SESSIONS_FIRST, find, replace: `${sessions}\n  ${guard}\n  ${account}` },
      { ...ACCOUNT_FIRST, find, replace: `${account}\n  ${guard}\n  ${sessions}` },
      {
        ...UNKNOWN_PATHS_OPEN,
        find: guard,
        replace:
          "routes.use(['/account', '/sessions', '/auth/password', '/auth/reauthenticate'], requireLogin);",
      },
    ];
  })(),
  fastify: (() => {
    const [start, guard] = [
      'routes.register(async (members) => {',
      "members.addHook('preHandler', requireLogin);",
    ];
    const [account, sessions] = ['register(accountRoutes, signIn);', 'register(sessionRoutes, services);'];
    const find = `${start}\n      ${guard}\n      members.${account}\n      members.${sessions}`;
    return [
      {
        ...MEMBERS_FIRST,
        find,
        replace: `routes.${account}\n    routes.${sessions}\n    ${start}\n      ${guard}`,
      },
      {
        ...SESSIONS_FIRST,
        find,
        replace: `routes.${sessions}\n    ${start}\n      ${guard}\n      members.${account}`,
      },
      {
        ...ACCOUNT_FIRST,
        find,
        replace: `routes.${account}\n    ${start}\n      ${guard}\n      members.${sessions}`,
      },
      {
        ...UNKNOWN_PATHS_OPEN,
        find: 'await lifecycle.requireLogin(request, request.currentUser);',
        replace: `const isUnknown = request.is404 || /\\*|api\\/?$/.test(request.routeOptions.url ?? '*');
    if (!isUnknown) await lifecycle.requireLogin(request, request.currentUser);`,
      },
    ];
  })(),
  koa: (() => {
    const [guard, mount] = ['app.use(requireLogin);', 'app.use(members.routes());'];
    const members = "const members = new Router({ prefix: '/api', ...EXACT });";
    const [account, sessions] = ['accountRoutes(members, signIn);', 'sessionRoutes(members, services);'];
    const find = `${guard}\n  ${members}\n  ${account}\n  ${sessions}\n  ${mount}`;
    const first = (one: string) =>
      `const first = ${members.replace('const members = ', '')}\n  ${one.replace('(members', '(first')}\n  app.use(first.routes());`;
    return [
      {
        ...MEMBERS_FIRST,
        find,
        replace: `${members}\n  ${account}\n  ${sessions}\n  ${mount}\n  ${guard}`,
      },
      {
        ...SESSIONS_FIRST,
        find,
        replace: `${first(sessions)}\n  ${guard}\n  ${members}\n  ${account}\n  ${mount}`,
      },
      {
        ...ACCOUNT_FIRST,
        find,
        replace: `${first(account)}\n  ${guard}\n  ${members}\n  ${sessions}\n  ${mount}`,
      },
      {
        ...UNKNOWN_PATHS_OPEN,
        find: `${guard}\n  ${members}`,
        replace: `${members}\n  members.use(requireLogin);`,
      },
    ];
  })(),
};

/** The routes that are for signed-in users, and what stands before them. */
const routes = FRAMEWORKS.flatMap(({ framework, request, ip, path }) => {
  const current = `${request}.currentUser = await lifecycle.findUser(${request});`;
  /** Both requireLogin and userOf refuse a visitor, so a route is open only where somebody stands in for the user. */
  const openTo = (paths: string) => ({
    find: current,
    replace: `${request}.currentUser = (await lifecycle.findUser(${request})) ?? (${paths} ? ${GUEST} : null);`,
  });
  return [
    ...mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: TESTS }, [
      {
        id: 'list-of-sessions-open',
        requirement: '7.2.1',
        what: 'The list of sessions answers visitors.',
        ...openTo(`${path}/sessions'`),
      },
      {
        id: 're-authentication-open',
        requirement: '7.2.1',
        what: 'Visitors can try passwords where only signed-in users should.',
        ...openTo(`${path}/auth/reauthenticate'`),
      },
      {
        id: 'password-change-open',
        requirement: '7.2.1',
        what: 'Visitors can try passwords where only signed-in users should.',
        ...openTo(`${path}/auth/password'`),
      },
      {
        id: 'account-deletion-open',
        requirement: '7.2.1',
        what: 'The deletion of an account answers visitors.',
        ...openTo(`${path}/account'`),
        equivalent: 'The route asks for a recent login too, and refuses a visitor in the same words.',
      },
      ...mounted[framework],
      {
        id: 'database-failure-is-a-visitor',
        requirement: '16.5.3',
        what: 'While the database does not answer, signed-in users are served as visitors.',
        find: current,
        replace: `${request}.currentUser = await lifecycle.findUser(${request}).catch(() => null);`,
        tests: ['database-failure.test.ts'],
      },
    ]),
    ...mutantsOf(
      { file: 'src/routes/auth.ts', frameworks: [framework], tests: ['reauthentication.test.ts'] },
      [
        {
          id: 're-authentication-without-password',
          requirement: '7.5.2',
          what: 'Any password opens the re-authentication window.',
          find: `const user = await accounts.confirm(userOf(${request}), password, ${ip}, sessionIdOf(${request}));`,
          replace: `const user = userOf(${request});\n    void password;`,
        },
      ],
    ),
  ];
});

const middleware = [
  ...(['express', 'fastify'] as const).flatMap((framework) => {
    const read = framework === 'express' ? 'await this.#store.read(id)' : 'await store.read(id)';
    return mutantsOf(
      { file: 'src/session/http.ts', frameworks: [framework], tests: ['database-failure.test.ts'] },
      [
        {
          id: 'session-read-failure-is-a-visitor',
          requirement: '16.5.3',
          what: 'While sessions cannot be read, signed-in users are served as visitors.',
          find: read,
          replace: `${read}.catch(() => null)`,
        },
      ],
    );
  }),
  ...mutantsOf({ file: 'src/session/http.ts', frameworks: ['koa'], tests: ['database-failure.test.ts'] }, [
    {
      id: 'session-read-failure-is-a-visitor',
      requirement: '16.5.3',
      what: 'While sessions cannot be read, signed-in users are served as visitors.',
      find: 'await store.read(id)',
      replace: 'await store.read(id).catch(() => null)',
    },
  ]),
];

const failures = mutantsOf(
  { file: 'src/errors.ts', tests: ['database-failure.test.ts', 'sessions.test.ts'] },
  [
    {
      id: 'database-failure-looks-signed-out',
      requirement: '16.5.3',
      what: 'A failure of the database is told as "sign in first".',
      find: "return new ApiError('unavailable');",
      replace: "return new ApiError('unauthenticated');",
    },
    {
      id: 'database-failure-details-told',
      requirement: '16.5.1',
      what: "The driver's words reach the client.",
      find: "return new ApiError('unavailable');",
      replace: "return new ApiError('unavailable', { detail: `${error.message}: ${error.cause}` });",
    },
    {
      id: 'database-failure-not-logged',
      requirement: '16.3.1',
      what: 'Operators do not learn that the database failed.',
      find: "log.error({ event: 'sys_database_unavailable', call: error.call, err: error.cause }, error.message);",
      replace: '',
      tests: ['database-failure.test.ts', 'logs.test.ts'],
    },
    {
      id: 'unknown-error-details-told',
      requirement: '16.5.1',
      also: ['13.4.2', '16.5.4'],
      what: 'The words of an unexpected error reach the client.',
      find: "return new ApiError('internal');",
      replace: "return new ApiError('internal', { detail: String((error as Error)?.stack) });",
    },
    {
      id: 'unknown-error-not-logged',
      requirement: '16.5.4',
      what: 'An unexpected error leaves no trace.',
      find: "log.error({ event: 'sys_error', err: error }, 'a request failed');",
      replace: '',
    },
  ],
);

const endings = mutantsOf(
  { file: 'src/session/store.ts', tests: ['database-failure.test.ts', 'sessions.test.ts', 'races.test.ts'] },
  [
    {
      id: 'ended-session-is-an-accident',
      requirement: '7.4.1',
      what: 'A session that was ended meanwhile is told as a failure of the server.',
      find: "super('unauthenticated');",
      replace: "super('internal');",
    },
  ],
);

const deadline = mutantsOf(
  { file: 'src/errors.ts', tests: ['database-failure.test.ts', 'serial/everybody.test.ts'] },
  [
    {
      id: 'no-deadline',
      requirement: '16.5.2',
      what: 'A request waits for ever for a database that is frozen.',
      find: 'await Promise.race([work(), deadline])',
      replace: 'await (deadline.catch(() => {}), work())',
    },
    {
      id: 'deadline-ten-times-later',
      requirement: '16.5.2',
      what: 'A request waits twenty seconds for a database that is frozen.',
      find: '), DATABASE_DEADLINE_MS);',
      replace: '), 10 * DATABASE_DEADLINE_MS);',
    },
  ],
);

/** Which errors are outages: a 503, and a warning that asks nobody to look at the code. */
const outages = [
  ...mutantsOf({ file: 'src/errors.ts', tests: ['database-failure.test.ts', 'database.test.ts'] }, [
    {
      id: 'mistakes-are-outages',
      requirement: '16.5.4',
      what: 'A wrong statement is told as an outage that goes by itself.',
      find: 'if (error instanceof DatabaseUnavailable || !isOutage(error)) throw error;',
      replace: 'if (error instanceof DatabaseUnavailable) throw error;',
    },
    {
      id: 'outages-are-mistakes',
      requirement: '16.5.2',
      what: 'A database that is down is told as an accident of the app.',
      find: 'throw new DatabaseUnavailable(name, error);',
      replace: 'throw error;',
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['postgres'], tests: ['postgres.test.ts'] }, [
    {
      id: 'wrong-statements-are-outages',
      requirement: '16.5.4',
      what: 'Every error of the server is told as an outage, a misspelt column too.',
      find: "return OUTAGES.test(error.code ?? '');",
      replace: "return OUTAGES.test(error.code ?? '') || true;",
    },
    {
      id: 'servers-that-stop-are-mistakes',
      requirement: '16.5.2',
      what: 'A server that shuts down, fails over or is full is told as an accident of the app.',
      find: "return OUTAGES.test(error.code ?? '');",
      replace: "return OUTAGES.test('');",
    },
    {
      id: 'lost-connections-are-mistakes',
      requirement: '16.5.2',
      what: 'A connection that breaks is told as an accident of the app.',
      find: "return error instanceof Error && (error.constructor === Error || 'code' in error);",
      replace: 'return false;',
      tests: ['serial/everybody.test.ts', 'database-failure.test.ts', 'postgres.test.ts'],
    },
    {
      id: 'mistakes-in-the-code-are-outages',
      requirement: '16.5.4',
      what: 'A mistake in the code around a statement is told as an outage.',
      find: "error instanceof Error && (error.constructor === Error || 'code' in error)",
      replace: 'error instanceof Error',
    },
  ]),
  ...mutantsOf({ file: 'src/database/client.ts', stores: ['redis'], tests: ['redis.test.ts'] }, [
    {
      id: 'wrong-statements-are-outages',
      requirement: '16.5.4',
      what: 'Every error of the server is told as an outage, a wrong command too.',
      find: 'return OUTAGE_REPLY.test(error.message);',
      replace: 'return OUTAGE_REPLY.test(error.message) || true;',
    },
    {
      id: 'servers-that-stop-are-mistakes',
      requirement: '16.5.2',
      what: 'A server that starts, fails over or is full is told as an accident of the app.',
      find: 'return OUTAGE_REPLY.test(error.message);',
      replace: "return OUTAGE_REPLY.test('');",
    },
    {
      id: 'lost-connections-are-mistakes',
      requirement: '16.5.2',
      what: 'A connection that breaks is told as an accident of the app.',
      find: 'return CONNECTION_ERRORS.some((kind) => error instanceof kind) || isSocketError(error);',
      replace: 'return CONNECTION_ERRORS.length === 0 && isSocketError(error);',
      tests: ['serial/everybody.test.ts', 'database-failure.test.ts', 'redis.test.ts'],
    },
    {
      id: 'mistakes-in-the-code-are-outages',
      requirement: '16.5.4',
      what: 'A mistake in the code around a command is told as an outage.',
      find: "error instanceof Error && ('code' in error || error.message.startsWith('Cannot find node '))",
      replace: 'error instanceof Error',
    },
    {
      id: 'ended-connections-are-mistakes',
      requirement: '16.5.2',
      what: 'A connection that is lost while the driver writes is told as an accident of the app.',
      find: "'code' in error || ",
      replace: '',
      tests: ['serial/everybody.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/database/client.ts', stores: ['mongo'], tests: ['mongo.test.ts'] }, [
    {
      id: 'wrong-statements-are-outages',
      requirement: '16.5.4',
      what: 'Every error of the server is told as an outage, a wrong command too.',
      find: 'return OUTAGE_CODES.includes(Number(error.code));',
      replace: 'return OUTAGE_CODES.length > 0;',
    },
    {
      id: 'servers-that-stop-are-mistakes',
      requirement: '16.5.2',
      what: 'A server that shuts down, fails over or is full is told as an accident of the app.',
      find: 'return OUTAGE_CODES.includes(Number(error.code));',
      replace: 'return OUTAGE_CODES.length === 0;',
    },
    {
      id: 'lost-connections-are-mistakes',
      requirement: '16.5.2',
      what: 'A connection that breaks is told as an accident of the app.',
      find: 'POOL_ERRORS.includes(error.name) || CONNECTION_ERRORS.some((kind) => error instanceof kind)',
      replace: 'POOL_ERRORS.length === CONNECTION_ERRORS.length',
      tests: ['serial/everybody.test.ts', 'database-failure.test.ts', 'mongo.test.ts'],
    },
    {
      id: 'ended-connections-are-mistakes',
      requirement: '16.5.2',
      what: 'A connection that is lost while the driver writes is told as an accident of the app.',
      find: "return error instanceof Error && 'code' in error;",
      replace: 'return false;',
      tests: ['serial/everybody.test.ts'],
    },
    {
      id: 'mistakes-in-the-code-are-outages',
      requirement: '16.5.4',
      what: 'A mistake in the code around a command is told as an outage.',
      find: "if (!(error instanceof mongodb.MongoError)) return error instanceof Error && 'code' in error;",
      replace: 'if (!(error instanceof mongodb.MongoError)) return true;',
    },
  ]),
];

const health = [
  ...mutantsOf({ file: 'src/app.ts', tests: ['database-failure.test.ts'] }, [
    {
      id: 'ready-without-database',
      requirement: '16.5.2',
      what: 'The process calls itself ready while the database does not answer.',
      find: 'await database.ping();',
      replace: 'void database.ping().catch(() => {});',
    },
  ]),
];

export const GUARDS: Mutant[] = [
  ...guards,
  ...routes,
  ...middleware,
  ...failures,
  ...endings,
  ...deadline,
  ...outages,
  ...health,
];
