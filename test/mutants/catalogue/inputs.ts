// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** What requests may hold, and how much of it. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['requests.test.ts', 'cart.test.ts', 'login.test.ts'];

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
    find: '.max(MAX_CART_LINES)\n',
    replace: '\n',
  },
  {
    id: 'cart-of-any-size',
    requirement: 'store.visitors',
    what: 'A cart may hold more items than the policy says.',
    find: '<= MAX_CART_ITEMS, {',
    replace: '<= MAX_CART_ITEMS * MAX_CART_LINES, {',
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
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: TESTS }, [
    {
      id: 'bodies-of-any-size',
      requirement: 'input.size',
      what: 'A large body fills the memory.',
      find: 'express.json({ limit: MAX_BODY_BYTES })',
      replace: 'express.json({ limit: 1e9 + MAX_BODY_BYTES })',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: ['headers.test.ts'] }, [
    {
      id: 'reports-of-any-size',
      requirement: 'csp.reports',
      what: 'A large report fills the memory.',
      find: 'limit: MAX_BODY_BYTES, type',
      replace: 'limit: 1e9 + MAX_BODY_BYTES, type',
    },
    {
      id: 'reports-of-any-type',
      requirement: 'csp.reports',
      what: 'Bodies of any type are taken for reports.',
      find: "if (!request.is(CSP_REPORTS.types)) throw new ApiError('unsupported_media_type');",
      replace: 'void ApiError;',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: TESTS }, [
    {
      id: 'bodies-of-any-size',
      requirement: 'input.size',
      what: 'A large body fills the memory.',
      find: 'bodyLimit: MAX_BODY_BYTES,',
      replace: 'bodyLimit: 1e9 + MAX_BODY_BYTES,',
    },
    {
      id: 'framework-errors-unanswered',
      requirement: '3.4.3',
      what: "A path that cannot be decoded is answered in the framework's words, without headers.",
      find: "return path.replaceAll('%', '%25');",
      replace: 'return path;',
      tests: ['headers.test.ts', 'requests.test.ts'],
    },
    {
      id: 'long-paths-unanswered',
      requirement: '3.4.3',
      what: "A path with a long part is answered in the framework's words, without headers.",
      find: 'maxParamLength: Number.MAX_SAFE_INTEGER',
      replace: 'maxParamLength: 100',
      tests: ['headers.test.ts', 'requests.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: ['headers.test.ts'] }, [
    {
      id: 'reports-of-any-type',
      requirement: 'csp.reports',
      what: 'Bodies of any type are taken for reports.',
      find: "if (!CSP_REPORTS.types.includes(mediaType)) throw new ApiError('unsupported_media_type');",
      replace: 'void [ApiError, mediaType];',
    },
  ]),
  ...mutantsOf({ file: 'src/middleware.ts', frameworks: ['koa'], tests: TESTS }, [
    {
      id: 'bodies-of-any-size',
      requirement: 'input.size',
      what: 'A large body fills the memory.',
      find: 'limit: MAX_BODY_BYTES',
      replace: 'limit: 1e9 + MAX_BODY_BYTES',
    },
    {
      id: 'prototype-taken',
      requirement: 'mass assignment',
      what: 'A key __proto__ in a body is taken.',
      find: "onProtoPoisoning: 'remove'",
      replace: "onProtoPoisoning: 'ignore'",
      equivalent: 'input.ts drops every key that it does not name, __proto__ among them.',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: ['headers.test.ts'] }, [
    {
      id: 'reports-of-any-type',
      requirement: 'csp.reports',
      what: 'Bodies of any type are taken for reports.',
      find: "if (!ctx.is(CSP_REPORTS.types)) throw new ApiError('unsupported_media_type');",
      replace: 'void ApiError;',
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
