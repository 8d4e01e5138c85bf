// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** What requests may hold, and how much of it. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['requests.test.ts', 'cart.test.ts', 'login.test.ts'];

/** Whether the line of a request asks its connection for the address when the answer has left. */
const LOGS: Pick<Mutant, 'frameworks' | 'equivalent'>[] = [
  { frameworks: ['express'] },
  {
    frameworks: ['fastify', 'koa'],
    equivalent: 'Nothing asks the connection after the body here, and it ends with the answer either way.',
  },
];

const inputs = mutantsOf({ file: 'src/routes/input.ts', tests: TESTS }, [
  {
    id: 'any-text-is-an-address',
    requirement: 'mass assignment',
    what: 'Whatever text comes is taken for an e-mail address.',
    find: ".regex(/^[^\\s\\p{C}\\p{DI}@]+@[^\\s\\p{C}\\p{DI}@]+$/u, 'not an email address')",
    replace: '',
  },
  {
    id: 'address-with-control-characters',
    requirement: 'mass assignment',
    what: 'An e-mail address may hold characters that break a log or a mail.',
    find: '/^[^\\s\\p{C}\\p{DI}@]+@[^\\s\\p{C}\\p{DI}@]+$/u',
    replace: '/^[^@ ]+@[^@ ]+$/u',
  },
  {
    id: 'address-with-invisible-characters',
    requirement: 'mass assignment',
    what: 'Two e-mail addresses may look the same and be two accounts.',
    find: '/^[^\\s\\p{C}\\p{DI}@]+@[^\\s\\p{C}\\p{DI}@]+$/u',
    replace: '/^[^\\s\\p{C}@]+@[^\\s\\p{C}@]+$/u',
  },
  {
    id: 'address-without-bound',
    requirement: 'mass assignment',
    what: 'An e-mail address may be as long as a body.',
    find: '.max(254)\n',
    replace: '\n',
  },
  {
    id: 'address-in-capitals-is-another',
    requirement: 'account.one-address',
    what: 'One address can be registered twice, in other capitals.',
    find: "text.normalize('NFC').toLowerCase().normalize('NFC')",
    replace: "text.normalize('NFC')",
  },
  {
    id: 'address-spelled-otherwise-is-another',
    requirement: 'account.one-address',
    what: 'One address can be registered twice, with accents spelled in another way.',
    find: "text.normalize('NFC').toLowerCase().normalize('NFC')",
    replace: 'text.toLowerCase()',
  },
  {
    id: 'password-of-any-type',
    requirement: 'mass assignment',
    what: 'Whatever comes as a password is handed on.',
    find: 'const password = z.string().min(1);',
    replace: 'const password = z.coerce.string();',
  },
  {
    id: 'empty-password',
    requirement: 'mass assignment',
    what: 'An empty password is hashed.',
    find: 'const password = z.string().min(1);',
    replace: 'const password = z.string();',
  },
  {
    id: 'cart-of-any-length',
    requirement: 'store.visitors',
    what: 'A visitor may keep any number of lines.',
    find: '.max(MAX_CART_LINES);',
    replace: ';',
  },
  {
    id: 'cart-of-any-size',
    requirement: 'store.visitors',
    what: 'A cart may hold more items than the policy says.',
    find: '<= MAX_CART_ITEMS, `',
    replace: '<= MAX_CART_ITEMS * MAX_CART_LINES, `',
  },
  {
    id: 'cart-with-unknown-keys',
    requirement: 'mass assignment',
    what: 'Keys that nobody asked for are kept in the session.',
    find: 'const cartItem = z.object({',
    replace: 'const cartItem = z.looseObject({',
  },
  {
    id: 'sku-of-any-length',
    requirement: 'store.visitors',
    what: 'A visitor may keep long texts.',
    find: '/^[\\w.-]{1,64}$/',
    replace: '/^[\\w.-]+$/',
  },
  {
    id: 'sku-of-any-text',
    requirement: 'mass assignment',
    what: 'A visitor may keep markup.',
    find: '/^[\\w.-]{1,64}$/',
    replace: '/^.{1,64}$/',
  },
  {
    id: 'negative-quantities',
    requirement: 'mass assignment',
    what: 'A quantity may be negative.',
    find: 'z.int().min(1).max(MAX_CART_ITEMS)',
    replace: 'z.int().max(MAX_CART_ITEMS)',
  },
  {
    id: 'fractional-quantities',
    requirement: 'mass assignment',
    what: 'A quantity may be a fraction.',
    find: 'z.int().min(1)',
    replace: 'z.number().min(1)',
  },
  {
    id: 'value-repeated-in-the-error',
    requirement: '16.5.1',
    what: 'An error repeats what was sent, a password maybe.',
    find: "detail: detail.join('; ')",
    replace: "detail: `${detail.join('; ')} in ${JSON.stringify(input)}`",
  },
  {
    id: 'bad-input-taken',
    requirement: 'mass assignment',
    what: 'Values that fail are handed on.',
    find: 'if (result.success) return result.data;',
    replace: 'if (result.success) return result.data;\n  if (input) return input as T;',
  },
]);

const limits = mutantsOf({ file: 'src/security-policy.ts', tests: TESTS }, [
  {
    id: 'bodies-of-a-megabyte',
    requirement: 'input.size',
    what: 'A body may be sixty-four times as large as any that the app needs.',
    find: 'MAX_BODY_BYTES = 16 * 1024',
    replace: 'MAX_BODY_BYTES = 1024 * 1024',
  },
]);

const bodies = [
  ...mutantsOf({ file: 'src/protection/cross-site.ts', tests: ['requests.test.ts', 'connections.test.ts'] }, [
    {
      id: 'bodies-of-any-size',
      requirement: 'input.size',
      what: 'A large body fills the memory.',
      find: 'if (size > MAX_BODY_BYTES) throw tooLarge;',
      replace: '',
    },
    {
      id: 'announced-size-not-looked-at',
      requirement: 'input.size',
      what: 'A body that says that it is too large is read up to the limit.',
      find: "if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge;",
      replace: '',
      equivalent: 'No more than the limit is read either way.',
    },
    {
      id: 'bodies-with-broken-text',
      requirement: 'mass assignment',
      what: 'Bytes that are no text are taken for some.',
      find: "new TextDecoder('utf-8', { fatal: true })",
      replace: "new TextDecoder('utf-8')",
    },
    ...LOGS.map((log) => ({
      ...log,
      id: 'connection-ends-with-a-large-body',
      requirement: 'input.size',
      what: 'A body that is too large takes its connection away before the request is logged, which then fails.',
      find: 'request.iterator({ destroyOnReturn: false })',
      replace: 'request.iterator({ destroyOnReturn: true })',
    })),
  ]),
  ...mutantsOf({ file: 'src/errors.ts', tests: ['connections.test.ts'] }, [
    {
      id: 'connection-of-a-large-body-kept',
      requirement: 'input.size',
      what: 'The server goes on taking in a body without end.',
      find: "...(code === 'too_large' && { Connection: 'close' }),",
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/protection/headers.ts', tests: ['headers.test.ts'] }, [
    {
      id: 'reports-of-any-type',
      requirement: 'csp.reports',
      what: 'Bodies of any type are taken for reports.',
      find: "if (!isReport) throw new ApiError('unsupported_media_type');",
      replace: 'void isReport;',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: TESTS }, [
    {
      id: 'long-paths-unanswered',
      requirement: '3.4.3',
      what: "A path with a long part is answered in the framework's words, without headers.",
      find: 'maxParamLength: Number.MAX_SAFE_INTEGER',
      replace: 'maxParamLength: 100',
      tests: ['headers.test.ts', 'requests.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/protection/connections.ts', tests: ['connections.test.ts'] }, [
    {
      id: 'framework-errors-unanswered',
      requirement: '3.4.3',
      what: "A path that cannot be decoded is answered in the framework's words, without headers.",
      find: 'return (isPath ? path : `/${encodeURIComponent(encodeURIComponent(path))}`)',
      replace: 'return (isPath || !isPath ? path : path)',
    },
    {
      id: 'letters-stay-encoded',
      frameworks: ['express', 'koa'],
      requirement: '3.4.3',
      what: 'One framework takes /api/%73ession for /api/session, another does not.',
      find: 'const path = written.replace(/%[2-7][\\da-f]/gi, (code) => /[\\w.~-]/.exec(decodeURIComponent(code))?.[0] ?? code);',
      replace: 'const path = written;',
    },
    {
      id: 'conditions-as-they-come',
      frameworks: ['express'],
      requirement: '3.4.3',
      what: 'A condition on a file is answered by an error, or by half of it.',
      find: 'for (const name of IGNORED) delete headers[name];',
      replace: 'void IGNORED;',
    },
    {
      id: 'targets-as-they-come',
      requirement: '3.4.3',
      what: 'A target with a host in front passes by the session, one that is none by the headers.',
      find: 'request.url = pathOf(request.url);',
      replace: 'void pathOf;',
    },
    {
      id: 'pipelined-without-end',
      requirement: 'connections.bound',
      what: 'A client that reads nothing fills the memory with answers.',
      find: 'if (answers.size > pipelined) socket.destroy();',
      replace: 'void pipelined;',
    },
    {
      id: 'pipelined-handed-on',
      requirement: 'connections.bound',
      what: 'The requests of a connection that was cut are still worked on.',
      find: 'if (socket.destroyed) return;',
      replace: '',
    },
    {
      id: 'heads-without-time-out',
      requirement: 'connections.bound',
      what: 'Half a head is waited for as long as Node likes.',
      find: 'headersTimeout: headersMs,',
      replace: '',
    },
    {
      id: 'bodies-without-time-out',
      requirement: 'connections.bound',
      what: 'Half a body is waited for as long as Node likes.',
      find: 'requestTimeout: requestMs,',
      replace: '',
    },
    {
      id: 'time-outs-not-looked-at',
      requirement: 'connections.bound',
      what: 'Time-outs are looked at every half minute.',
      find: 'connectionsCheckingInterval: Math.min(headersMs, 1000),',
      replace: '',
    },
    {
      id: 'silence-without-end',
      requirement: 'connections.bound',
      what: 'A connection on which nothing moves is kept.',
      find: ', timeout: silenceMs }',
      replace: ' }',
    },
    {
      id: 'connections-without-end',
      requirement: 'connections.bound',
      what: 'A client may open connections until the process has no memory.',
      find: 'maxConnections: connections, ',
      replace: '',
    },
    {
      id: 'requests-without-end',
      requirement: 'connections.bound',
      what: 'A connection is kept as long as it is used.',
      find: 'maxRequestsPerSocket: requestsEach, ',
      replace: '',
    },
    {
      id: 'parser-errors-bare',
      requirement: '3.4.3',
      what: 'Answers of the parser lack the security headers.',
      find: 'for (const [name, value] of Object.entries(BARE_HEADERS)) lines.push(`${name}: ${value}`);',
      replace: '',
    },
    {
      id: 'no-host',
      requirement: '3.4.3',
      what: 'A request without a Host is served.',
      find: "if (headers.host === undefined && request.httpVersion === '1.1') {",
      replace: 'if (headers.host === undefined && request.httpVersion === null) {',
    },
    {
      id: 'expectations-answered-bare',
      requirement: '3.4.3',
      what: 'An unknown Expect is answered without security headers.',
      find: "server.on('checkExpectation', listener);",
      replace: '',
    },
  ]),
  ...(['express', 'fastify', 'koa'] as const).flatMap((framework) => {
    const agent = {
      express: "(request.get('user-agent') ?? '').slice(0, 256)",
      fastify: "(headers['user-agent'] ?? '').slice(0, 256)",
      koa: "ctx.get('user-agent').slice(0, 256)",
    }[framework];
    return mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: ['sessions.test.ts'] }, [
      {
        id: 'user-agent-of-any-length',
        requirement: 'store.visitors',
        what: 'What a client calls itself is kept in the session, however long.',
        find: agent,
        replace: agent.replace('.slice(0, 256)', ''),
      },
    ]);
  }),
];

const pages = mutantsOf(
  { file: 'src/app.ts', frameworks: ['express'], tests: ['pages.test.ts', 'requests.test.ts'] },
  [
    {
      id: 'hidden-files-served',
      requirement: 'pages.files',
      what: 'Files whose name begins with a dot are served.',
      find: "dotfiles: 'ignore'",
      replace: "dotfiles: 'allow'",
    },
  ],
);

export const INPUTS: Mutant[] = [...inputs, ...limits, ...bodies, ...pages];
