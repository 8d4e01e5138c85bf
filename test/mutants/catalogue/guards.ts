// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Who is let in, and that nobody is when the engine cannot say. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const FRAMEWORKS = [
  { framework: 'express', request: 'request', user: 'request.currentUser' },
  { framework: 'fastify', request: 'request', user: 'request.currentUser' },
  { framework: 'koa', request: 'ctx', user: 'ctx.state.currentUser' },
] as const;

const TESTS = ['routes.test.ts', 'reauthentication.test.ts', 'database-failure.test.ts'];

const guards = mutantsOf({ file: 'src/session/lifecycle.ts', tests: TESTS }, [
  {
    id: 'login-not-required',
    requirement: '7.2.1',
    what: 'Whoever asks is let in.',
    find: "if (!user) throw new ApiError('unauthenticated');",
    replace: '',
  },
  {
    id: 'activity-not-noted',
    requirement: '7.3.1',
    what: 'Using the app does not count as activity.',
    find: "if (!user) throw new ApiError('unauthenticated');\n    await keepAlive(request);",
    replace: "if (!user) throw new ApiError('unauthenticated');",
    tests: ['clocks.test.ts'],
  },
  {
    id: 'activity-not-awaited',
    requirement: '16.5.3',
    what: 'A request of a session that was ended meanwhile, or whose activity could not be noted, is served.',
    find: "if (!user) throw new ApiError('unauthenticated');\n    await keepAlive(request);",
    replace: "if (!user) throw new ApiError('unauthenticated');\n    void keepAlive(request).catch(() => {});",
    tests: ['database-failure.test.ts', 'logout.test.ts'],
  },
  {
    id: 'activity-errors-swallowed',
    requirement: '16.5.3',
    what: 'A request whose activity could not be noted is served.',
    find: 'await store.touch(sessionIdOf(request), content);\n    } catch (error) {\n      dropSession(request);\n      throw error;',
    replace: 'await store.touch(sessionIdOf(request), content);\n    } catch {',
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
    equivalent: 'Each route calls requireLogin first, which lets no visitor session through.',
  },
  {
    id: 'user-not-read-again',
    requirement: '8.3.2',
    what: 'The user is taken from the session, not read: a change takes effect at the next login only.',
    find: 'const user = await findUser(identity.id);',
    replace: 'const user = { ...identity, disabled: false, email: "" } as unknown as User; void findUser;',
    tests: ['accounts.test.ts'],
  },
  {
    id: 'user-lookup-fails-open',
    requirement: '16.5.3',
    what: 'When the user cannot be read, the session alone lets in.',
    find: 'const user = await findUser(identity.id);',
    replace: `const user = await findUser(identity.id).catch(
      () => ({ ...identity, disabled: false, email: '' }) as unknown as User,
    );`,
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'user-lookup-fails-as-visitor',
    requirement: '16.5.3',
    what: 'When the user cannot be read, the request is served as a visitor.',
    find: 'const user = await findUser(identity.id);',
    replace: `const user = await findUser(identity.id).catch(() => undefined);
    if (user === undefined) return null;`,
    tests: ['database-failure.test.ts'],
  },
]);

/** Each route that is for signed-in users. */
const routes = FRAMEWORKS.flatMap(({ framework, request, user }) => {
  const guarded = `await guards.requireLogin(${request}, ${user});`;
  const open = `${user} ?? { id: '', email: '', credentialVersion: 1, passwordHash: '', disabled: false };`;
  const list = {
    express: "routes.get('/sessions', async (request, response) => {\n    const { id } = ",
    fastify: "routes.get('/sessions', SESSIONS_ANSWER, async (request) => {\n    const { id } = ",
    koa: "routes.get('/sessions', async (ctx) => {\n    const { id } = ",
  }[framework];
  return [
    ...mutantsOf({ file: 'src/routes/sessions.ts', frameworks: [framework], tests: TESTS }, [
      {
        id: 'list-of-sessions-open',
        requirement: '7.2.1',
        what: 'The list of sessions answers visitors.',
        find: `${list}${guarded}`,
        replace: `${list}${open}`,
      },
    ]),
    ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: TESTS }, [
      {
        id: 're-authentication-open',
        requirement: '7.2.1',
        what: 'Visitors can try passwords where only signed-in users should.',
        find: `const { email } = ${guarded}`,
        replace: `const { email } = ${open}`,
      },
      {
        id: 'password-change-open',
        requirement: '7.2.1',
        what: 'Visitors can try passwords where only signed-in users should.',
        find: `const user = ${guarded}`,
        replace: `const user = ${open}`,
      },
    ]),
    ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: TESTS }, [
      {
        id: 'account-deletion-open',
        requirement: '7.2.1',
        what: 'The deletion of an account answers visitors.',
        find: `const { id } = ${guarded}\n    lifecycle.requireRecentLogin(${request});`,
        replace: `const { id } = ${open}`,
      },
    ]),
    ...mutantsOf(
      { file: 'src/routes/auth.ts', frameworks: [framework], tests: ['reauthentication.test.ts'] },
      [
        {
          id: 're-authentication-without-password',
          requirement: '7.5.2',
          what: 'Any password opens the re-authentication window.',
          find: `const user = await accounts.authenticate(email, password, ${framework === 'express' ? 'addressOf(request)' : `${request}.ip`});\n    await lifecycle.renew`,
          replace: `const user = ${user};\n    if (!user) return;\n    void [email, password];\n    await lifecycle.renew`,
        },
      ],
    ),
    ...mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: ['database-failure.test.ts'] }, [
      {
        id: 'engine-failure-is-a-visitor',
        requirement: '16.5.3',
        what: 'While the engine does not answer, signed-in users are served as visitors.',
        find: `${user} = await lifecycle.findUser(${request});`,
        replace: `${user} = await lifecycle.findUser(${request}).catch(() => null);`,
      },
    ]),
  ];
});

const middleware = [
  ...mutantsOf(
    {
      file: 'src/session/http.ts',
      frameworks: ['express', 'fastify'],
      tests: ['database-failure.test.ts'],
    },
    [
      {
        id: 'session-read-failure-is-a-visitor',
        requirement: '16.5.3',
        what: 'While sessions cannot be read, signed-in users are served as visitors.',
        find: 'const content = await store.read(id);',
        replace: 'const content = await store.read(id).catch(() => null);',
      },
    ],
  ),
  ...mutantsOf(
    { file: 'src/session/http.ts', frameworks: ['koa'], tests: ['database-failure.test.ts'] },
    [
      {
        id: 'session-read-failure-is-a-visitor',
        requirement: '16.5.3',
        what: 'While sessions cannot be read, signed-in users are served as visitors.',
        find: 'await store.read(id)',
        replace: 'await store.read(id).catch(() => null)',
      },
    ],
  ),
];

const failures = mutantsOf({ file: 'src/errors.ts', tests: ['database-failure.test.ts', 'logout.test.ts'] }, [
  {
    id: 'engine-failure-looks-signed-out',
    requirement: '16.5.3',
    what: 'A failure of the engine is told as "sign in first".',
    find: "return new ApiError('unavailable');",
    replace: "return new ApiError('unauthenticated');",
  },
  {
    id: 'engine-failure-details-told',
    requirement: '16.5.1',
    what: "The driver's words reach the client.",
    find: "return new ApiError('unavailable');",
    replace: "return new ApiError('unavailable', { detail: `${error.message}: ${error.cause}` });",
  },
  {
    id: 'engine-failure-not-logged',
    requirement: '16.3.1',
    what: 'Operators do not learn that the engine failed.',
    find: "log.error({ event: 'sys_engine_unavailable', call: error.call, err: error.cause }, error.message);",
    replace: '',
    tests: ['database-failure.test.ts', 'logs.test.ts'],
  },
  {
    id: 'ended-session-is-an-accident',
    requirement: '7.4.1',
    what: 'A session that was ended meanwhile is told as a failure of the server.',
    find: "if (error instanceof SessionEnded) return new ApiError('unauthenticated');",
    replace: '',
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
]);

const deadline = mutantsOf(
  { file: 'src/database/calls.ts', tests: ['database-failure.test.ts', 'serial/lost-connection.test.ts'] },
  [
    {
      id: 'no-deadline',
      requirement: '16.5.2',
      what: 'A request waits for ever for an engine that is frozen.',
      find: 'await Promise.race([work(), deadline])',
      replace: 'await (deadline.catch(() => {}), work())',
    },
    {
      id: 'deadline-ten-times-later',
      requirement: '16.5.2',
      what: 'A request waits twenty seconds for an engine that is frozen.',
      find: '), DATABASE_DEADLINE_MS);',
      replace: '), 10 * DATABASE_DEADLINE_MS);',
    },
  ],
);

const health = [
  ...mutantsOf({ file: 'src/app.ts', tests: ['database-failure.test.ts'] }, [
    {
      id: 'ready-without-engine',
      requirement: '16.5.2',
      what: 'The process calls itself ready while the engine does not answer.',
      find: 'await ping();',
      replace: 'void ping().catch(() => {});',
    },
  ]),
];

export const GUARDS: Mutant[] = [...guards, ...routes, ...middleware, ...failures, ...deadline, ...health];
