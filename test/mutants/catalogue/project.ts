/** The project's own files, its pages, and what a request costs. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const files = [
  ...mutantsOf({ file: 'scripts/admin.ts', tests: ['config.test.ts', 'admin.test.ts'] }, [
    {
      id: 'default-account',
      requirement: '6.3.2',
      what: 'Setting the database up creates an account whose password everybody can read.',
      find: "['migrate', async () => console.log((await migrate(readDatabaseUrl())).join('\\n'))],",
      replace: `[
    'migrate',
    async () => {
      console.log((await migrate(readDatabaseUrl())).join('\\n'));
      await withServices(async ({ users }) => {
        await users.create('admin@example.com', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA');
      });
    },
  ],`,
    },
  ]),
  ...mutantsOf({ file: 'src/server.ts', tests: ['config.test.ts'] }, [
    {
      id: 'demonstration-account',
      requirement: '6.3.2',
      what: 'Each start makes sure that there is an account to try things with.',
      find: 'const services = createServices({ database, now: Date.now, log });',
      replace: `const services = createServices({ database, now: Date.now, log });
if (!config.production) {
  await services.users.create('demo@example.com', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA');
}`,
    },
  ]),
  ...mutantsOf({ file: '.env.example', tests: ['config.test.ts'] }, [
    {
      id: 'example-with-a-password',
      requirement: '13.2.3',
      what: 'The example has a password for the database, which people leave as it is.',
      find: 'DATABASE_PASSWORD=',
      replace: 'DATABASE_PASSWORD=app',
    },
    {
      id: 'example-with-a-secret',
      requirement: '13.2.3',
      what: 'The example has a secret, which people leave as it is.',
      find: 'SESSION_SECRETS=',
      replace: 'SESSION_SECRETS=dev-a-secret-that-has-thirty-two-bytes-or-more',
    },
  ]),
  ...mutantsOf({ file: 'compose.yaml', tests: ['config.test.ts'] }, [
    {
      id: 'database-with-a-default-password',
      requirement: '13.2.3',
      what: 'The development database has the same password for everybody.',
      find: ':?set it in .env}',
      replace: ':-postgres}',
    },
  ]),
  ...mutantsOf({ file: '.gitignore', tests: ['config.test.ts'] }, [
    {
      id: 'secrets-in-git',
      requirement: '13.3.1',
      what: 'The secrets come into the first commit.',
      find: '.env*\n*.env\n',
      replace: '',
    },
    {
      id: 'copies-of-secrets-in-git',
      requirement: '13.3.1',
      what: 'Copies of .env, such as .env.production, come into a commit.',
      find: '.env*\n',
      replace: '.env\n',
    },
    {
      id: 'keys-in-git',
      requirement: '13.3.1',
      what: 'Private keys come into the first commit.',
      find: '*.pem\n',
      replace: '\n',
    },
    {
      id: 'development-data-in-git',
      requirement: '13.3.1',
      what: 'The data of development, and the address of its database, come into a commit.',
      find: '.data/\n',
      replace: '\n',
    },
  ]),
  ...mutantsOf({ file: '.dockerignore', flags: ['--docker'], tests: ['config.test.ts'] }, [
    {
      id: 'secrets-in-images',
      requirement: '13.3.1',
      what: 'The secrets come into each image.',
      find: '**/.env*\n**/*.env\n',
      replace: '',
    },
    {
      id: 'keys-in-images',
      requirement: '13.3.1',
      what: 'Private keys come into each image.',
      find: '**/*.pem\n',
      replace: '\n',
    },
  ]),
];

const pages = [
  ...mutantsOf({ file: 'public/login.html', tests: ['pages.test.ts'] }, [
    {
      id: 'password-field-unknown-to-managers',
      requirement: '6.2.6',
      what: 'Password managers do not fill the password in, so people take short ones.',
      find: 'autocomplete="current-password"',
      replace: 'autocomplete="off"',
    },
    {
      id: 'password-field-without-pasting',
      requirement: '6.2.6',
      what: 'A password cannot be pasted.',
      find: 'autocomplete="current-password"',
      replace: 'autocomplete="current-password" onpaste="return false"',
      also: ['pages.sinks'],
    },
    {
      id: 'password-field-shows-what-is-typed',
      requirement: '6.2.6',
      what: 'Whoever looks over the shoulder reads the password.',
      find: 'name="password" type="password"',
      replace: 'name="password" type="text"',
    },
  ]),
  ...mutantsOf({ file: 'public/app.js', tests: ['pages.test.ts'] }, [
    {
      id: 'text-becomes-markup',
      requirement: 'pages.sinks',
      what: 'What another session calls itself becomes part of the page.',
      find: 'find(`.${name}`, row).textContent = text',
      replace: 'find(`.${name}`, row).innerHTML = text',
    },
  ]),
  ...(['express', 'fastify', 'koa'] as const).flatMap((framework) =>
    mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: ['pages.test.ts'] }, [
      {
        id: 'whole-project-served',
        requirement: 'pages.files',
        what: 'All files of the project are served, the secrets among them.',
        find: 'config.publicDirectory',
        replace: "config.publicDirectory.replace(/public$/, '')",
      },
      {
        id: 'folder-above-served',
        requirement: 'pages.files',
        what: 'Besides the pages, files beside their folder are served.',
        ...{
          express: {
            find: "app.use(express.static(config.publicDirectory, { ...files, dotfiles: 'ignore' }));",
            replace:
              "app.use(express.static(config.publicDirectory, files), express.static(config.publicDirectory.replace(/[^/]*$/, ''), files));",
          },
          fastify: {
            find: '{ root: config.publicDirectory, ...files }',
            replace: "{ root: config.publicDirectory.replace(/[^/]*$/, ''), ...files }",
          },
          koa: {
            find: 'app.use(pageRoutes(config.publicDirectory));',
            replace:
              "app.use(pageRoutes(config.publicDirectory)).use(pageRoutes(config.publicDirectory.replace(/[^/]*$/, '')));",
          },
        }[framework],
      },
    ]),
  ),
];

const cost = mutantsOf({ file: 'src/session/lifecycle.ts', tests: ['database-failure.test.ts'] }, [
  {
    id: 'user-read-twice',
    requirement: 'store.cost',
    what: 'Each request reads its user twice.',
    find: 'const user = await findById(identity.id);',
    replace: 'await findById(identity.id);\n      const user = await findById(identity.id);',
  },
  {
    id: 'visitors-looked-for',
    requirement: 'store.cost',
    what: 'A visitor costs the database a call, so a flood of visitors stops everybody.',
    find: 'if (!identity) return null;',
    replace: "if (!identity) return findById('').then(() => null);",
  },
]);

/** Ids that the server did not make. */
const adoption = mutantsOf({ file: 'src/session/store.ts', tests: ['cookies.test.ts'] }, [
  {
    id: 'unknown-id-adopted',
    requirement: 'SMCS strict',
    what: 'An id that is signed and unknown becomes a session: whoever has the secret, or an old id, can plant one.',
    find: 'if (!record) return null;',
    replace: `if (!record) {
      return { createdAt: this.#now(), renewedAt: this.#now(), client: { ip: '', userAgent: '' } };
    }`,
    also: ['7.2.1'],
  },
  {
    id: 'unknown-id-kept-at-once',
    requirement: 'SMCS strict',
    what: 'An id that is signed and unknown is written to the database as soon as it is met.',
    find: 'if (!record) return null;',
    replace: `if (!record) {
      const content = { createdAt: this.#now(), renewedAt: this.#now(), client: { ip: '', userAgent: '' } };
      await this.#records.insert(keyOf(id), { content, lastSeenAt: this.#now() }, this.#now() + 60_000);
      return null;
    }`,
  },
]);

const reading = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const request = framework === 'koa' ? 'ctx' : 'request';
  const ip = { express: 'addressOf(request)', fastify: 'request.ip', koa: 'ctx.ip' }[framework];
  const keepAlive = `await lifecycle.noteActivity(${request});\n    ${framework === 'express' ? 'response.json' : framework === 'koa' ? 'ctx.body' : 'return'}`;
  const starts = `if (!contentOf(${request})) await lifecycle.startAnonymous(${request}, clientOf(${request}), []);\n    void ${ip};\n    `;
  return [
    ...mutantsOf(
      { file: 'src/routes/cart.ts', frameworks: [framework], tests: ['cart.test.ts', 'routes.test.ts'] },
      [
        {
          id: 'reading-starts-a-session',
          requirement: '7.6.2',
          what: 'Whoever looks at an empty cart gets a cookie and costs the database a record.',
          find: keepAlive,
          replace: `${starts}${keepAlive}`,
          also: ['3.5.3'],
        },
      ],
    ),
    ...mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: ['routes.test.ts', 'cart.test.ts'] }, [
      {
        id: 'health-sets-a-cookie',
        requirement: '7.6.2',
        what: 'A probe gets a cookie.',
        ...{
          express: {
            find: "routes.get('/livez', (_request, response) => {",
            replace:
              "routes.get('/livez', (_request, response) => {\n    response.cookie('__Host-id', 'probe', { secure: true, path: '/' });",
          },
          fastify: {
            find: "routes.get('/livez', async (_request, reply) => reply.",
            replace:
              "routes.get('/livez', async (_request, reply) => reply.header('set-cookie', '__Host-id=probe; Secure; Path=/').",
          },
          koa: {
            find: "routes.get('/livez', (ctx: RouterContext) => {",
            replace:
              "routes.get('/livez', (ctx: RouterContext) => {\n    ctx.set('set-cookie', '__Host-id=probe; Secure; Path=/');",
          },
        }[framework],
      },
    ]),
  ];
});

/** Methods that no route has. */
const methods = [
  ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: ['express', 'koa'], tests: ['requests.test.ts'] }, [
    {
      id: 'any-method-answered',
      requirement: '4.1.4',
      what: 'A route answers whatever method is used.',
      find: "routes.get('/session',",
      replace: "routes.all('/session',",
    },
  ]),
  ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: ['fastify'], tests: ['requests.test.ts'] }, [
    {
      id: 'any-method-answered',
      requirement: '4.1.4',
      what: 'A route answers whatever method is used.',
      find: "routes.get('/session',",
      replace: "for (const method of ['get', 'patch', 'put'] as const) routes[method]('/session',",
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: ['requests.test.ts'] }, [
    {
      id: 'nothing-is-fine',
      requirement: '4.1.4',
      what: 'What no route knows is answered as if it had been done.',
      find: "routes.use(() => {\n    throw new ApiError('not_found');",
      replace: 'routes.use((_request, response) => {\n    response.json({});',
    },
    {
      id: 'nothing-elsewhere-is-fine',
      requirement: '4.1.4',
      what: 'What no route outside the API knows is answered as if it had been done.',
      find: "app.use(() => {\n    throw new ApiError('not_found');\n  });",
      replace: 'app.use((_request, response) => void response.json({}));\n  void ApiError;',
    },
    {
      id: 'options-answered-by-the-framework',
      requirement: '4.1.4',
      what: 'OPTIONS is answered for every route, with the methods that it has.',
      find: "routes.use(() => {\n    throw new ApiError('not_found');",
      replace: 'routes.use((_request, _response, next) => {\n    next();',
      tests: ['routes.test.ts', 'requests.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: ['requests.test.ts'] }, [
    {
      id: 'nothing-is-fine',
      requirement: '4.1.4',
      what: 'What no route knows is answered as if it had been done.',
      find: "async function notFound(): Promise<never> {\n  throw new ApiError('not_found');",
      replace:
        'async function notFound(_request: FastifyRequest, reply: FastifyReply): Promise<object> {\n  reply.code(200);\n  return {};',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: ['requests.test.ts'] }, [
    {
      id: 'nothing-is-fine',
      requirement: '4.1.4',
      what: 'A method that no route has is answered as if it had been done.',
      find: "app.use(() => {\n    throw new ApiError('not_found');\n  });",
      replace: 'app.use((ctx: Context) => {\n    ctx.body = {};\n  });',
    },
  ]),
];

/** `/API/session` does not exist: rules that go by the path would not know it. */
const paths = [
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: ['routes.test.ts'] }, [
    {
      id: 'letter-case-ignored',
      requirement: '4.1.4',
      what: 'A path in other letter case is the same route, which what goes by paths does not know.',
      find: "app.enable('case sensitive routing');",
      replace: '',
    },
    {
      id: 'letter-case-ignored-under-api',
      requirement: '4.1.4',
      what: 'A path of the API in other letter case or with a slash at the end is the same route.',
      find: 'const routes = Router({ caseSensitive: true, strict: true });',
      replace: 'const routes = Router();',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: ['routes.test.ts'] }, [
    {
      id: 'letter-case-ignored',
      requirement: '4.1.4',
      what: 'A path in other letter case is the same route, which what goes by paths does not know.',
      find: 'routerOptions: { ',
      replace: 'routerOptions: { caseSensitive: false, ',
    },
    {
      id: 'trailing-slash-ignored',
      requirement: '4.1.4',
      what: 'A path with a slash at the end is the same route.',
      find: 'routerOptions: { ',
      replace: 'routerOptions: { ignoreTrailingSlash: true, ',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: ['routes.test.ts'] }, [
    {
      id: 'letter-case-ignored',
      requirement: '4.1.4',
      what: 'A path in other letter case is the same route, which what goes by paths does not know.',
      find: 'const EXACT = { sensitive: true, strict: true };',
      replace: 'const EXACT = { sensitive: false, strict: true };',
    },
    {
      id: 'trailing-slash-ignored',
      requirement: '4.1.4',
      what: 'A path with a slash at the end is the same route.',
      find: 'const EXACT = { sensitive: true, strict: true };',
      replace: 'const EXACT = { sensitive: true, strict: false };',
    },
  ]),
];

/** What development leaves on a machine that others use too. */
const development = [
  ...mutantsOf({ file: 'scripts/certs.ts', tests: ['config.test.ts'] }, [
    {
      id: 'key-readable-by-others',
      requirement: '13.3.1',
      what: 'Whoever is on the machine can read the private key of the certificate.',
      find: "fs.writeFileSync(join(fresh, 'server-key.pem'), key, { mode: 0o600, flag: 'wx' });",
      replace: "fs.writeFileSync(join(fresh, 'server-key.pem'), key, { mode: 0o644, flag: 'wx' });",
    },
  ]),
  ...mutantsOf({ file: 'scripts/dev.ts', tests: ['admin.test.ts', 'config.test.ts'] }, [
    {
      id: 'development-folder-open-to-others',
      requirement: '13.3.1',
      what: 'Whoever is on the machine can look into the folder with the data of development.',
      find: 'chmodSync(DATA_DIRECTORY, 0o700);',
      replace: 'chmodSync(DATA_DIRECTORY, 0o755);',
    },
  ]),
  ...mutantsOf({ file: 'scripts/database.ts', stores: ['postgres'], tests: ['postgres.test.ts'] }, [
    {
      id: 'development-data-readable-by-others',
      requirement: '13.3.1',
      what: 'Whoever is on the machine can read the data of development.',
      find: 'entry.isDirectory() ? 0o700 : 0o600',
      replace: 'entry.isDirectory() ? 0o755 : 0o644',
    },
    {
      id: 'development-data-in-an-open-folder',
      requirement: '13.3.1',
      what: 'Whoever is on the machine can list the data of development.',
      find: 'chmodSync(directory, 0o700);',
      replace: 'chmodSync(directory, 0o755);',
    },
  ]),
  ...mutantsOf(
    {
      file: 'scripts/database-process.ts',
      stores: ['redis', 'mongo'],
      tests: ['redis.test.ts', 'mongo.test.ts'],
    },
    [
      {
        id: 'development-data-readable-by-others',
        requirement: '13.3.1',
        what: 'Whoever is on the machine can read the data of development.',
        find: 'chmodSync(data, 0o700);',
        replace: 'chmodSync(data, 0o755);',
      },
    ],
  ),
];

/** What a client is told of an error. */
const problems = mutantsOf(
  { file: 'src/errors.ts', tests: ['requests.test.ts', 'database-failure.test.ts'] },
  [
    {
      id: 'stack-told',
      requirement: '13.4.2',
      what: 'An error tells where in the code it came from.',
      find: 'message: this.message }',
      replace: 'message: `${this.message} ${this.stack}` }',
    },
  ],
);

const software = mutantsOf({ file: 'src/protection/headers.ts', tests: ['headers.test.ts'] }, [
  {
    id: 'framework-told',
    requirement: '13.4.6',
    what: 'Each answer names the software.',
    find: "'Permissions-Policy': ",
    replace: "'X-Powered-By': 'Node.js',\n  'Permissions-Policy': ",
  },
  {
    id: 'server-told',
    requirement: '13.4.6',
    what: 'Each answer names the software and its version.',
    find: "'Permissions-Policy': ",
    replace: "Server: `node/${process.version}`,\n  'Permissions-Policy': ",
  },
  {
    id: 'caches-not-told',
    requirement: 'CSRF',
    what: 'A cache may hand the answer to one page on to a page of another site.',
    find: "Vary: 'Sec-Fetch-Site, Origin',",
    replace: '',
  },
]);

export const PROJECT: Mutant[] = [
  ...files,
  ...pages,
  ...cost,
  ...adoption,
  ...reading,
  ...methods,
  ...paths,
  ...development,
  ...problems,
  ...software,
];
