// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Response headers, the content security policy, and what stays out of caches. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['headers.test.ts', 'pages.test.ts'];

/** Without pages the policy is shorter, so these are the ones of the default project, which has them. */
const policy = mutantsOf({ file: 'src/protection/headers.ts', tests: TESTS }, [
  {
    id: 'csp-default-open',
    requirement: '3.4.3',
    what: 'What the policy does not name may come from anywhere.',
    find: `defaultSrc: ["'none'"],`,
    replace: `defaultSrc: ['*'],`,
  },
  {
    id: 'csp-without-default',
    requirement: '3.4.3',
    what: 'What the policy does not name is not restricted.',
    find: `defaultSrc: ["'none'"],`,
    replace: `defaultSrc: ['*'],`,
  },
  {
    id: 'csp-inline-scripts',
    requirement: '3.4.3',
    what: 'An injected inline script runs.',
    find: `scriptSrc: ["'self'"],`,
    replace: `scriptSrc: ["'self'", "'unsafe-inline'"],`,
  },
  {
    id: 'csp-scripts-from-anywhere',
    requirement: '3.4.3',
    what: 'A script from any https address runs.',
    find: `scriptSrc: ["'self'"],`,
    replace: `scriptSrc: ["'self'", 'https:'],`,
  },
  {
    id: 'csp-inline-styles',
    requirement: '3.4.3',
    what: 'Injected styles apply.',
    find: `styleSrc: ["'self'"],`,
    replace: `styleSrc: ["'self'", "'unsafe-inline'"],`,
  },
  {
    id: 'csp-images-from-anywhere',
    requirement: '3.4.3',
    what: 'An injected image tells another site what is on the page.',
    find: `imgSrc: ["'self'"],`,
    replace: `imgSrc: ["'self'", 'https:'],`,
  },
  {
    id: 'csp-fetch-from-anywhere',
    requirement: '3.4.3',
    what: 'An injected script can send what it finds anywhere.',
    find: `connectSrc: ["'self'"],`,
    replace: `connectSrc: ["'self'", 'https:'],`,
  },
  {
    id: 'csp-forms-to-anywhere',
    requirement: '3.4.3',
    what: 'An injected form sends passwords to another site.',
    find: `formAction: ["'self'"],`,
    replace: '',
  },
  {
    id: 'csp-without-trusted-types',
    requirement: '3.4.3',
    what: 'A script may make HTML of any text.',
    find: `requireTrustedTypesFor: ["'script'"],`,
    replace: '',
  },
  {
    id: 'csp-objects',
    requirement: '3.4.3',
    what: 'Plugins may be embedded.',
    find: `objectSrc: ["'none'"],`,
    replace: '',
  },
  {
    id: 'csp-base-self',
    requirement: '3.4.3',
    what: 'An injected base element moves where relative addresses lead.',
    find: `baseUri: ["'none'"],`,
    replace: `baseUri: ["'self'"],`,
  },
  {
    id: 'csp-base-anywhere',
    requirement: '3.4.3',
    what: 'An injected base element has scripts loaded from elsewhere.',
    find: `baseUri: ["'none'"],`,
    replace: '',
  },
  {
    id: 'csp-frames',
    requirement: '3.4.6',
    what: 'Any site can frame the app and catch clicks.',
    find: `frameAncestors: ["'none'"],`,
    replace: '',
  },
  {
    id: 'csp-frames-self',
    requirement: '3.4.6',
    what: 'The app can frame itself, which nothing here needs.',
    find: `frameAncestors: ["'none'"],`,
    replace: `frameAncestors: ["'self'"],`,
  },
  {
    id: 'csp-without-old-reports',
    requirement: 'csp.reports',
    what: 'Browsers that know report-uri only report nothing.',
    find: 'reportUri: [CSP_REPORTS.path],',
    replace: '',
  },
  {
    id: 'csp-without-new-reports',
    requirement: 'csp.reports',
    what: 'Browsers that know report-to only report nothing.',
    find: "reportTo: ['csp'],",
    replace: '',
  },
  {
    id: 'no-csp',
    requirement: '3.4.3',
    what: 'There is no content security policy.',
    find: 'contentSecurityPolicy: {\n      useDefaults: false,',
    replace: 'contentSecurityPolicy: false && {\n      useDefaults: false,',
  },
  {
    id: 'csp-reports-only',
    requirement: '3.4.3',
    what: 'The policy is reported and not enforced.',
    find: 'useDefaults: false,',
    replace: 'useDefaults: false,\n      reportOnly: true,',
  },
]);

const headers = mutantsOf({ file: 'src/protection/headers.ts', tests: TESTS }, [
  {
    id: 'no-nosniff',
    requirement: '3.4.4',
    what: 'A browser may take an answer for a script whatever its type says.',
    find: "xFrameOptions: { action: 'deny' },",
    replace: "xFrameOptions: { action: 'deny' },\n    xContentTypeOptions: false,",
  },
  {
    id: 'nosniff-misspelt',
    requirement: '3.4.4',
    what: 'A helmet option that takes the header away is set.',
    find: "xFrameOptions: { action: 'deny' },",
    replace: "xFrameOptions: { action: 'deny' },\n    noSniff: false,",
  },
  {
    id: 'referrer-everywhere',
    requirement: '3.4.5',
    what: 'Other sites learn the whole address that people came from.',
    find: "policy: 'same-origin'",
    replace: "policy: 'unsafe-url'",
  },
  {
    id: 'no-referrer-policy',
    requirement: '3.4.5',
    what: 'What other sites learn of an address is left to the browser.',
    find: "referrerPolicy: { policy: 'same-origin' },",
    replace: 'referrerPolicy: false,',
  },
  {
    id: 'frames-of-the-same-origin',
    requirement: '3.4.6',
    what: 'Old browsers let the app frame itself.',
    find: "{ action: 'deny' }",
    replace: "{ action: 'sameorigin' }",
  },
  {
    id: 'no-opener-policy',
    requirement: '3.4.8',
    what: 'A page that opens the app keeps a hand on its window.',
    find: "xFrameOptions: { action: 'deny' },",
    replace: "xFrameOptions: { action: 'deny' },\n    crossOriginOpenerPolicy: false,",
  },
  {
    id: 'weak-opener-policy',
    requirement: '3.4.8',
    what: 'A page that the app opens keeps a hand on its window.',
    find: "xFrameOptions: { action: 'deny' },",
    replace: "xFrameOptions: { action: 'deny' },\n    crossOriginOpenerPolicy: { policy: 'unsafe-none' },",
  },
  {
    id: 'no-resource-policy',
    requirement: 'headers.powers',
    what: 'Other sites can load answers as images or scripts.',
    find: "xFrameOptions: { action: 'deny' },",
    replace: "xFrameOptions: { action: 'deny' },\n    crossOriginResourcePolicy: false,",
  },
  {
    id: 'hsts-off',
    requirement: '3.4.1',
    what: 'Whoever sits on the network can keep a browser on plain HTTP.',
    find: 'strictTransportSecurity: production && {',
    replace: 'strictTransportSecurity: production && false && {',
  },
  {
    id: 'hsts-in-development',
    requirement: '3.4.1',
    what: 'Development binds every port of localhost to https for a year.',
    find: 'strictTransportSecurity: production && {',
    replace: 'strictTransportSecurity: (production || true) && {',
  },
  {
    id: 'hsts-without-sub-domains',
    requirement: '3.4.1',
    what: 'Sub-domains may be reached over plain HTTP, and plant cookies.',
    find: 'includeSubDomains: true',
    replace: 'includeSubDomains: false',
  },
  {
    id: 'reporting-endpoint-missing',
    requirement: 'csp.reports',
    what: 'Browsers do not know where to report.',
    find: '\'Reporting-Endpoints\': `csp="${CSP_REPORTS.path}"`,',
    replace: '',
  },
  {
    id: 'permissions-left-open',
    requirement: 'headers.powers',
    what: 'An injected frame may ask for the camera.',
    find: "'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',",
    replace: '',
  },
  {
    id: 'answers-kept-in-caches',
    requirement: '14.3.2',
    also: ['SMCS caching'],
    what: 'Answers with personal data stay in caches.',
    find: "'Cache-Control': 'no-store'",
    replace: "'Cache-Control': 'private'",
  },
  {
    id: 'answers-kept-by-everybody',
    requirement: '14.3.2',
    also: ['SMCS caching'],
    what: 'Shared caches keep personal data.',
    find: "'Cache-Control': 'no-store'",
    replace: "'Cache-Control': 'public, max-age=60'",
  },
]);

const numbers = mutantsOf({ file: 'src/security-policy.ts', tests: TESTS }, [
  {
    id: 'hsts-for-a-day',
    requirement: '3.4.1',
    what: 'A browser forgets within a day that the app is to be reached by https.',
    find: '(365 * DAY_MS) / SECOND_MS',
    replace: 'DAY_MS / SECOND_MS',
  },
]);

const pipeline = [
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: TESTS }, [
    {
      id: 'software-told',
      requirement: '13.4.6',
      what: 'Each answer names the framework.',
      find: "app.disable('x-powered-by');",
      replace: '',
      equivalent: 'helmet takes the same header away. Two lines, as each may be deleted alone.',
    },
    {
      id: 'etags',
      requirement: '13.4.6',
      what: 'Answers with personal data can be asked for by their fingerprint.',
      find: "app.disable('etag');",
      replace: '',
    },
    {
      id: 'extra-headers-missing',
      requirement: 'headers.powers',
      what: 'Two headers that helmet does not know are not sent.',
      find: 'app.use(rule((_request, response) => response.set(EXTRA_HEADERS)));',
      replace: '',
    },
    {
      id: 'api-answers-cached',
      requirement: '14.3.2',
      what: 'Answers of the API may stay in caches.',
      find: 'routes.use(rule((_request, response) => response.set(NO_STORE)));',
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: TESTS }, [
    {
      id: 'extra-headers-missing',
      requirement: 'headers.powers',
      what: 'Two headers that helmet does not know are not sent.',
      find: 'reply.headers(EXTRA_HEADERS);',
      replace: '',
    },
    {
      id: 'api-answers-cached',
      requirement: '14.3.2',
      what: 'Answers of the API may stay in caches.',
      find: 'reply.headers(NO_STORE);',
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: TESTS }, [
    {
      id: 'extra-headers-missing',
      requirement: 'headers.powers',
      what: 'Two headers that helmet does not know are not sent.',
      find: 'app.use(rule((ctx) => ctx.set(EXTRA_HEADERS)));',
      replace: '',
    },
    {
      id: 'api-answers-cached',
      requirement: '14.3.2',
      what: 'Answers of the API may stay in caches.',
      find: 'app.use(rule((ctx) => ctx.set(NO_STORE)));',
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: TESTS }, [
    {
      id: 'errors-cached',
      requirement: '14.3.2',
      what: 'Errors outside the API may stay in caches.',
      find: '.set(NO_STORE).set(apiError.headers)',
      replace: '.set(apiError.headers)',
    },
    {
      id: 'error-headers-missing',
      requirement: '6.3.1',
      what: 'Retry-After is not sent.',
      find: '.set(NO_STORE).set(apiError.headers)',
      replace: '.set(NO_STORE)',
      tests: ['throttling.test.ts'],
    },
    {
      id: 'error-page-cached',
      requirement: '14.3.2',
      what: 'A page that tells of an error may stay in caches, and be shown when the error is over.',
      find: "if (page) return void response.type('html').send(page);",
      replace:
        "response.removeHeader('Cache-Control');\n    if (page) return void response.type('html').send(page);",
      tests: ['pages.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: TESTS }, [
    {
      id: 'errors-cached',
      requirement: '14.3.2',
      what: 'Errors outside the API may stay in caches.',
      find: '.headers(NO_STORE).headers(apiError.headers)',
      replace: '.headers(apiError.headers)',
    },
    {
      id: 'error-headers-missing',
      requirement: '6.3.1',
      what: 'Retry-After is not sent.',
      find: '.headers(NO_STORE).headers(apiError.headers)',
      replace: '.headers(NO_STORE)',
      tests: ['throttling.test.ts'],
    },
    {
      id: 'error-page-cached',
      requirement: '14.3.2',
      what: 'A page that tells of an error may stay in caches, and be shown when the error is over.',
      find: 'if (page) return reply.type(',
      replace: "if (page) return reply.removeHeader('Cache-Control').type(",
      tests: ['pages.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: TESTS }, [
    {
      id: 'errors-cached',
      requirement: '14.3.2',
      what: 'Errors outside the API may stay in caches.',
      find: 'ctx.set({ ...NO_STORE, ...apiError.headers });',
      replace: 'ctx.set({ ...apiError.headers });',
    },
    {
      id: 'error-headers-missing',
      requirement: '6.3.1',
      what: 'Retry-After is not sent.',
      find: 'ctx.set({ ...NO_STORE, ...apiError.headers });',
      replace: 'ctx.set({ ...NO_STORE });',
      tests: ['throttling.test.ts'],
    },
    {
      id: 'error-page-cached',
      requirement: '14.3.2',
      what: 'A page that tells of an error may stay in caches, and be shown when the error is over.',
      find: "if (page) ctx.type = 'html';",
      replace: "if (page) ctx.remove('Cache-Control');\n      if (page) ctx.type = 'html';",
      tests: ['pages.test.ts'],
    },
  ]),
];

const RETURN = 'RETURN_PATHS.find((path) => path === wanted)';

/** Where a login may lead back to, which the page takes from its own address. */
const pages = [
  ...mutantsOf({ file: 'public/app.js', tests: ['pages.test.ts'] }, [
    {
      id: 'login-leads-anywhere',
      requirement: '3.7.2',
      what: 'A link to the login can lead to any site afterwards.',
      find: RETURN,
      replace: 'wanted',
    },
    {
      id: 'login-leads-where-it-begins-with-a-slash',
      requirement: '3.7.2',
      what: '//evil.example passes for a path.',
      find: RETURN,
      replace: "(wanted?.startsWith('/') ? wanted : undefined)",
    },
    {
      id: 'login-leads-where-it-begins-alike',
      requirement: '3.7.2',
      what: 'A path that begins like one on the list passes.',
      find: RETURN,
      replace:
        "(RETURN_PATHS.some((path) => wanted?.startsWith(path) && !wanted.startsWith('//')) ? wanted : undefined)",
    },
  ]),
  ...mutantsOf({ file: 'public/account.html', tests: ['pages.test.ts'] }, [
    {
      id: 'no-log-out-button',
      requirement: '7.4.4',
      what: 'A page for signed-in users has no way out.',
      find: '<button type="submit">Log out</button>',
      replace: '',
    },
    {
      id: 'log-out-button-by-get',
      requirement: '7.4.4',
      what: 'The button asks in a way that does not sign out.',
      find: '<form id="log-out" method="post"',
      replace: '<form id="log-out" method="get"',
    },
  ]),
];

export const HEADERS: Mutant[] = [...policy, ...headers, ...numbers, ...pipeline, ...pages];
