// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Written from the sources of the default project alone, without its tests: what the areas beside this one missed. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const processes = mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
  {
    id: 'keep-alive-shorter-than-the-proxy',
    requirement: 'server.stop',
    what: 'Behind a proxy, connections close while it sends the next request, which fails.',
    find: 'if (!config.tls) server.keepAliveTimeout = PROXY_KEEP_ALIVE_MS;',
    replace: 'if (config.tls) server.keepAliveTimeout = PROXY_KEEP_ALIVE_MS;',
  },
  {
    id: 'interrupt-cuts-everybody-off',
    requirement: 'server.stop',
    what: 'At SIGINT, requests under way break off.',
    find: "['SIGTERM', 'SIGINT'] as const",
    replace: "['SIGTERM'] as const",
  },
  {
    id: 'failed-clean-up-ends-the-process',
    requirement: '16.5.4',
    what: 'A database that fails during a clean-up ends the process.',
    find: ".catch((err) => log.warn({ err }, 'could not delete expired records; will try again'))",
    replace: '',
  },
  {
    id: 'server-starts-on-a-wrong-database',
    requirement: 'config.refusal',
    what: 'The server starts on a database that it cannot use.',
    find: 'if (error instanceof DatabaseUnavailable) {\n      log',
    replace: 'if (error instanceof DatabaseUnavailable || error instanceof Error) {\n      log',
  },
]);

const more = [
  ...mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
    {
      id: 'answered-requests-count-as-under-way',
      requirement: 'server.stop',
      what: 'A stop waits for its deadline as soon as one request was ever answered.',
      find: "response.once('close', () => underWay.delete(response));",
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/session/content.ts', tests: ['sessions.test.ts'] }, [
    {
      id: 'last-use-is-the-sign-in',
      requirement: '7.5.2',
      what: 'The list does not show that somebody uses a session.',
      find: 'lastSeenAt: new Date(lastSeenAt),',
      replace: 'lastSeenAt: new Date(lastSeenAt && content.createdAt),',
    },
  ]),
  ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: ['express'], tests: ['clocks.test.ts'] }, [
    {
      id: 'idle-end-told-too-late',
      requirement: '7.3.1',
      what: 'The app tells a later end than the session has.',
      find: 'lastSeenAt: store.lastSeenAt(content)',
      replace: 'lastSeenAt: store.lastSeenAt(content) && Date.now()',
    },
  ]),
  ...mutantsOf({ file: 'src/users/accounts.ts', tests: ['throttling.test.ts'] }, [
    {
      id: 'registration-hashes-before-it-is-counted',
      requirement: '6.3.1',
      what: 'An address without points left costs a hash with each registration.',
      find: `register: (email, password, address) =>
      throttle.limitRegistrations(address, async () => {
        const user = await users.create(email, await hashPassword(password));`,
      replace: `register: async (email, password, address, hash = hashPassword(password)) =>
      throttle.limitRegistrations(address, async () => {
        const user = await users.create(email, await hash);`,
    },
  ]),
  ...mutantsOf({ file: 'src/users/passwords.ts', tests: ['login.test.ts', 'accounts.test.ts'] }, [
    {
      id: 'hashes-with-other-lanes-stay',
      requirement: '11.4.2',
      what: 'A hash with another number of lanes is never renewed.',
      find: ',p=${parallelism}$`',
      replace: ',p=${parallelism && ""}`',
    },
  ]),
  ...mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts'] }, [
    {
      id: 'addresses-with-a-zone-are-none',
      requirement: '15.3.4',
      what: 'All clients of a link-local network are throttled as one.',
      equivalent: 'Node and ipaddr.js understand a zone too.',
      find: ".replace(/%.*$/, '')",
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'scripts/admin.ts', tests: ['admin.test.ts'] }, [
    {
      id: 'support-sets-the-address',
      requirement: '6.2.4',
      what: 'Support sets a password that is the address of the user.',
      find: 'passwordProblem(password, email)',
      replace: "passwordProblem(password, '')",
    },
  ]),
];

const pipeline = mutantsOf({ file: 'src/app.ts', frameworks: ['express'] }, [
  {
    id: 'devices-by-the-first-secret-alone',
    requirement: '13.3.4',
    what: 'A new secret makes every known browser a stranger.',
    find: 'createDevices(config.secrets, ',
    replace: 'createDevices(config.secrets.slice(0, 1), ',
    tests: ['cookies.test.ts', 'throttling.test.ts'],
  },
  {
    id: 'sessions-by-the-first-secret-alone',
    requirement: '13.3.4',
    what: 'A new secret signs everybody out.',
    find: 'sessionMiddleware(store, config.secrets)',
    replace: 'sessionMiddleware(store, config.secrets.slice(0, 1))',
    tests: ['cookies.test.ts'],
  },
  {
    id: 'reports-under-the-cross-site-rule',
    requirement: 'csp.reports',
    what: 'Reports of browsers that send no Origin are refused.',
    find: `  reportRoutes(app, services); // reads no cookie and changes nothing; browsers may send it without Origin
  app.use(rule((request) => refuseCrossSite(request, config.origins, services.log))); // before any route and any body
`,
    replace: `  app.use(rule((request) => refuseCrossSite(request, config.origins, services.log)));
  reportRoutes(app, services);
`,
    tests: ['headers.test.ts'],
  },
  {
    id: 'alive-only-with-a-database',
    requirement: '16.5.2',
    what: 'An outage of the database makes whoever watches the processes restart them all.',
    find: "routes.get('/livez', (_request, response) => {",
    replace: "routes.get('/livez', async (_request, response) => {\n    await database.ping();",
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'refused-requests-not-logged',
    requirement: '16.3.1',
    what: 'Requests that come without TLS leave no line.',
    find: `  app.use(requestLog(services.log, whoIs)); // first, so that refused requests are logged too
  app.use(helmet(helmetOptions(config)));
  app.use(rule((_request, response) => response.set(EXTRA_HEADERS)));
  healthRoutes(app, services); // before the rules: probes ask in plain HTTP and from anywhere
  app.use(rule((request) => requireHttps(request, config.trustProxy))); // before anything reads a cookie or a password
`,
    replace: `  app.use(helmet(helmetOptions(config)));
  app.use(rule((_request, response) => response.set(EXTRA_HEADERS)));
  healthRoutes(app, services);
  app.use(rule((request) => requireHttps(request, config.trustProxy)));
  app.use(requestLog(services.log, whoIs));
`,
    tests: ['logs.test.ts'],
  },
]);

const configuration = mutantsOf({ file: 'src/config.ts', tests: ['config.test.ts'] }, [
  {
    id: 'secrets-of-half-the-length',
    requirement: 'config.refusal',
    what: 'A secret of 16 letters signs the cookies.',
    find: 'MIN_SECRET_BYTES = 32',
    replace: 'MIN_SECRET_BYTES = 16',
  },
  {
    id: 'empty-variables-count',
    requirement: 'config.refusal',
    what: 'A variable that is set to nothing counts as a value.',
    find: "filter(([, value]) => value !== '')",
    replace: 'filter(([, value]) => value !== undefined)',
  },
  {
    id: 'scripts-take-any-database',
    requirement: '12.3.1',
    what: 'Scripts of production speak to a database without verified TLS.',
    find: 'databaseUrl(env, isProduction(env))',
    replace: 'databaseUrl(env, isProduction(env) && false)',
  },
]);

const connections = mutantsOf({ file: 'src/protection/connections.ts', tests: ['connections.test.ts'] }, [
  {
    id: 'handshakes-without-end',
    requirement: 'connections.bound',
    what: 'A client that begins no TLS handshake holds its connection for two minutes.',
    find: ', handshakeTimeout: headersMs',
    replace: '',
  },
  {
    id: 'failed-handshakes-kept',
    requirement: 'connections.bound',
    what: 'A connection whose TLS handshake never comes is held for ever, and a thousand of them keep everybody out.',
    find: "  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy()); // an answer would wait for the handshake\n",
    replace: '',
  },
  {
    id: 'parser-error-inside-an-answer',
    requirement: 'connections.bound',
    what: 'A bad request writes the head of its answer into the middle of the one before.',
    find: 'some(({ headersSent }) => headersSent)',
    replace: 'some(({ headersSent }) => !headersSent)',
  },
  {
    id: 'refused-connections-stay-open',
    requirement: 'connections.bound',
    what: 'A client whose request was none holds its connection as long as it likes.',
    find: '`, () => socket.destroy());',
    replace: '`, () => {});',
  },
]);

const requests = [
  ...mutantsOf({ file: 'src/protection/cross-site.ts', tests: ['requests.test.ts'] }, [
    {
      id: 'json-of-any-charset',
      requirement: '3.5.2',
      what: 'A body that claims another encoding is read as UTF-8.',
      find: '(; *charset="?utf-8"? *)?$/i',
      replace: '(; *charset=.*)?$/i',
    },
  ]),
  ...mutantsOf({ file: 'src/protection/headers.ts', tests: ['headers.test.ts'] }, [
    {
      id: 'reports-of-any-length-logged',
      requirement: 'csp.reports',
      what: 'One report fills the log with hundreds of directives.',
      find: 'directives: directives.slice(0, 10)',
      replace: 'directives',
    },
    {
      id: 'caches-not-told-of-origins',
      requirement: 'CSRF',
      what: 'A cache may give an answer for one origin to another.',
      find: "Vary: 'Sec-Fetch-Site, Origin'",
      replace: "Vary: 'Sec-Fetch-Site'",
    },
    {
      id: 'storage-left-at-logout',
      requirement: '14.3.1',
      what: 'What scripts stored stays in the browser after the logout.',
      find: '\'"cache", "storage"\'',
      replace: '\'"cache"\'',
    },
  ]),
  ...mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts'] }, [
    {
      id: 'scheme-of-the-proxy-before',
      requirement: '12.2.1',
      what: 'The scheme that the only proxy reports is not looked at.',
      find: "trustProxy(socket.remoteAddress ?? '', 0)",
      replace: "trustProxy(socket.remoteAddress ?? '', 1)",
    },
    {
      id: 'addresses-cut-off-less',
      requirement: '7.5.2',
      what: 'The list of sessions keeps addresses that name a household.',
      find: '{ ipv4: 24, ipv6: 48 }',
      replace: '{ ipv4: 28, ipv6: 56 }',
    },
  ]),
  ...mutantsOf({ file: 'src/errors.ts', tests: ['pages.test.ts', 'requests.test.ts'] }, [
    {
      id: 'retry-a-second-early',
      requirement: '6.3.1',
      what: 'Who waits as long as Retry-After says is refused once more.',
      find: 'String(Math.ceil(retryAfterMs / 1000))',
      replace: 'String(Math.floor(retryAfterMs / 1000))',
      tests: ['throttling.test.ts'],
    },
    {
      id: 'errors-of-the-api-as-pages',
      requirement: '16.5.1',
      what: 'A client of the API gets a page in the place of a code.',
      find: "!['GET', 'HEAD'].includes(method) || /^\\/api(?:[/?]|$)/.test(url)",
      replace: "!['GET', 'HEAD'].includes(method) || url === ''",
    },
    {
      id: 'missing-page-is-an-accident',
      requirement: '16.5.4',
      what: 'Where the page of an error cannot be read, the error is answered by the framework.',
      find: 'return readFile(join(directory, name)).catch(() => null);',
      replace: 'return readFile(join(directory, name));',
    },
  ]),
];

const throttling = mutantsOf({ file: 'src/protection/throttle.ts', tests: ['throttling.test.ts'] }, [
  {
    id: 'retry-rounded-down',
    requirement: '6.3.1',
    what: 'Retry-After says 0 seconds, so clients ask without end.',
    find: 'Math.ceil(wait / retryStepMs)',
    replace: 'Math.floor(wait / retryStepMs)',
  },
  {
    id: 'confirmations-not-counted-by-address',
    requirement: '6.3.1',
    what: 'One address guesses in as many stolen sessions as it has.',
    find: `        [\`address:\${addressBlock(address)}\`, policy.ADDRESS_LIMIT],
        [\`session:`,
    replace: '        [`session:',
  },
  {
    id: 'registrations-by-single-address',
    requirement: '6.3.1',
    what: 'A client with a /64 registers as many accounts as it likes.',
    find: '`registration:${addressBlock(address)}`',
    replace: '`registration:${address}`',
  },
]);

/** The statement goes, and what it names stays used. */
const unlogged = (id: string, what: string, find: string, tests: string[]): Omit<Mutant, 'file'> => ({
  id,
  requirement: '16.3.1',
  what,
  find,
  replace: find.replace(/^(this\.#)?log(Event|\.info|\.warn)\((.*)\);$/, 'void [$3];'),
  tests,
});

const logging = [
  ...mutantsOf({ file: 'src/session/lifecycle.ts' }, [
    unlogged(
      'sign-in-not-logged',
      'The begin of a session leaves no line.',
      "logEvent('session_created', user.id, sessionIdOf(request));",
      ['logs.test.ts'],
    ),
    unlogged(
      'surplus-not-logged',
      'The end of the oldest sessions leaves no line.',
      "log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');",
      ['logs.test.ts', 'sessions.test.ts'],
    ),
    unlogged(
      'end-of-all-sessions-not-logged',
      'The end of all sessions of a deleted account leaves no line.',
      "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');",
      ['logs.test.ts', 'accounts.test.ts'],
    ),
  ]),
  ...mutantsOf({ file: 'src/users/accounts.ts' }, [
    unlogged(
      'right-password-not-logged',
      'A right password leaves no line.',
      "log.info({ event: 'authn_login_success', user: user.id, ip: address }, 'password accepted');",
      ['logs.test.ts'],
    ),
  ]),
  ...mutantsOf({ file: 'src/log.ts', frameworks: ['express'], tests: ['logs.test.ts'] }, [
    {
      id: 'secrets-two-deep-not-redacted',
      requirement: '16.2.5',
      what: 'A password inside an object of an object is logged, where a whole request is by mistake.',
      find: "['', '*.', '*.*.', ",
      replace: "['', '*.', ",
    },
    {
      id: 'request-ids-of-the-client',
      requirement: '16.3.1',
      what: "A client makes its requests look like somebody else's in the log.",
      find: 'const reqId = randomUUID();',
      replace: "const reqId = request.headers['x-request-id'] ?? randomUUID();",
    },
    {
      id: 'abandoned-requests-look-served',
      requirement: '16.3.1',
      what: 'The log says that a client got an answer for which it did not wait.',
      find: 'return writableFinished ? statusCode : 499;',
      replace: 'return writableFinished ? statusCode : statusCode;',
    },
  ]),
];

const sessions = mutantsOf({ file: 'src/session/store.ts' }, [
  {
    id: 'handles-of-four-letters',
    requirement: '7.5.2',
    what: 'Two sessions of a user may have one name, and the wrong one ends.',
    find: 'sha256(`handle:${key}`).slice(0, 22)',
    replace: 'sha256(`handle:${key}`).slice(0, 4)',
    tests: ['sessions.test.ts'],
  },
  {
    id: 'new-sessions-saved-twice',
    requirement: 'store.cost',
    what: 'Each login writes its session twice.',
    find: 'if (loaded.inserted === json) return;',
    replace: '',
    tests: ['database-failure.test.ts'],
    frameworks: ['express'],
  },
]);

const databases = [
  ...mutantsOf(
    {
      file: 'src/database/connection.ts',
      stores: ['postgres'],
      tests: ['postgres.test.ts', 'database-failure.test.ts'],
    },
    [
      {
        id: 'second-tries-are-mistakes',
        requirement: '16.5.2',
        what: 'A deadlock is answered 500, as if trying again did not help.',
        find: '/^(08|53|57|58|25006|40001|40P01|55P03)/',
        replace: '/^(08|53|57|58|25006)/',
      },
      {
        id: 'schema-asked-at-each-call',
        requirement: 'store.cost',
        what: 'Each call to the database costs two more.',
        find: 'hasSchema ||= (await',
        replace: 'hasSchema = (await',
      },
    ],
  ),
  ...mutantsOf({ file: 'src/database/migrations.ts', stores: ['postgres'], tests: ['postgres.test.ts'] }, [
    {
      id: 'line-ends-change-a-migration',
      requirement: '16.5.2',
      what: 'A checkout with other line ends cannot start on a database that is right.',
      find: ".replaceAll('\\r\\n', '\\n')",
      replace: '',
    },
    {
      id: 'any-file-is-a-migration',
      requirement: '16.5.2',
      what: 'The copy that an editor left beside a migration is applied.',
      find: '/^\\d{3,}_.*\\.sql$/.test(name)',
      replace: "name.includes('.sql')",
    },
    {
      id: 'migration-waits-without-end',
      requirement: '16.5.2',
      what: 'A deployment hangs where the database accepts a connection and says nothing.',
      find: 'const bound = { connectionTimeoutMillis: DATABASE_DEADLINE_MS };',
      replace: 'const bound = { connectionTimeoutMillis: 0 * DATABASE_DEADLINE_MS };',
    },
  ]),
];

const passwords = mutantsOf(
  { file: 'src/users/passwords.ts', tests: ['accounts.test.ts', 'login.test.ts'] },
  [
    {
      id: 'four-characters-are-different-enough',
      requirement: '6.2.4',
      what: 'A password of four letters in turn is taken.',
      find: 'MIN_DIFFERENT_CHARACTERS = 5',
      replace: 'MIN_DIFFERENT_CHARACTERS = 4',
    },
    {
      id: 'only-short-repetition-refused',
      requirement: '6.2.4',
      what: 'A word that is repeated is taken for a password.',
      find: '/^(.{1,7}?)\\1+$/u',
      replace: '/^(.{1,3}?)\\1+$/u',
    },
    {
      id: 'nobody-is-cheaper',
      requirement: '6.3.8',
      what: 'An unknown address is answered sooner than a known one.',
      find: "argon2.hashSync('not a password of anybody', policy.PASSWORD_HASHING)",
      replace:
        "argon2.hashSync('not a password of anybody', { ...policy.PASSWORD_HASHING, memoryCost: 1024 })",
    },
  ],
);

const routes = [
  ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: ['express'], tests: ['cookies.test.ts'] }, [
    {
      id: 'registration-makes-no-browser-known',
      requirement: '6.3.1',
      what: 'Guessing shuts a new owner out of the browser that registered.',
      find: "    response.append('Set-Cookie', devices.remember(user));\n    response.status(201)",
      replace: '    response.status(201)',
    },
    {
      id: 'login-makes-no-browser-known',
      requirement: '6.3.1',
      what: 'Guessing shuts an owner out of every browser.',
      find: "response.append('Set-Cookie', devices.remember(user)).json({ user",
      replace: 'response.json({ user',
    },
    {
      id: 'confirmation-makes-no-browser-known',
      requirement: '6.3.1',
      what: 'A browser that was known for 90 days becomes a stranger, however often its owner gives the password.',
      find: "    response.append('Set-Cookie', devices.remember(user));\n    response.json({ reauthenticatedUntil",
      replace: '    response.json({ reauthenticatedUntil',
    },
    {
      id: 'password-change-makes-no-browser-known',
      requirement: '6.3.1',
      what: 'Who changes the password is a stranger in the same browser.',
      find: "response.append('Set-Cookie', devices.remember(changed)).status(204)",
      replace: 'response.status(204)',
    },
    {
      id: 'users-told-whole',
      requirement: '11.4.2',
      what: 'The hash of the password is sent to the browser.',
      find: 'user: publicUser(request.currentUser), ...clocks',
      replace: 'user: request.currentUser, ...clocks',
      tests: ['login.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/routes/cart.ts', frameworks: ['express'], tests: ['cart.test.ts'] }, [
    {
      id: 'looking-at-the-cart-is-no-activity',
      requirement: 'clock.request',
      what: 'The cart of a visitor who looks at it all the time goes.',
      find: "routes.get('/cart', async (request, response) => {\n    await lifecycle.noteActivity(request);",
      replace: "routes.get('/cart', async (request, response) => {",
    },
    {
      id: 'filling-the-cart-is-no-activity',
      requirement: 'clock.request',
      what: 'The cart of a visitor who fills it all the time goes.',
      find: '    if (content) {\n      await lifecycle.noteActivity(request);',
      replace: '    if (content) {',
    },
  ]),
];

const scripts = [
  ...mutantsOf({ file: 'scripts/admin.ts', tests: ['admin.test.ts'] }, [
    {
      id: 'script-takes-addresses-as-typed',
      requirement: '7.4.5',
      what: 'An operator cannot end the sessions of an address that is typed in capitals.',
      find: 'await users.findByEmail(email.data)',
      replace: 'await users.findByEmail(who)',
    },
  ]),
  ...mutantsOf({ file: 'scripts/certs.ts', tests: ['config.test.ts'] }, [
    {
      id: 'folder-of-the-certificate-open-to-others',
      requirement: '13.3.1',
      what: 'Another user of the machine replaces the key in a folder that was made for everybody.',
      find: 'fs.chmodSync(directory, fs.statSync(directory).mode & 0o755);',
      replace: '',
    },
  ]),
];

export const READING: readonly Mutant[] = [
  ...processes,
  ...more,
  ...pipeline,
  ...configuration,
  ...connections,
  ...requests,
  ...throttling,
  ...logging,
  ...sessions,
  ...databases,
  ...passwords,
  ...routes,
  ...scripts,
];
