// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** The session cookie: its attributes, its name, its end and its deletion. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const MIDDLEWARE = 'src/session/http.ts';

/** They stand once, for setting the cookie and for deleting it. */
const attributes = mutantsOf({ file: MIDDLEWARE, tests: ['cookies.test.ts'] }, [
  {
    id: 'cookie-insecure',
    requirement: '3.3.1',
    also: ['NIST 5.1.1'],
    what: 'The cookie may travel over plain HTTP.',
    find: 'secure: true',
    replace: 'secure: false',
  },
  {
    id: 'cookie-readable',
    requirement: '3.3.4',
    also: ['NIST 5.1.1'],
    what: 'An injected script can read the cookie.',
    find: 'httpOnly: true',
    replace: 'httpOnly: false',
  },
  {
    id: 'cookie-without-same-site',
    requirement: '3.3.2',
    what: 'SameSite is left to the browser, and browsers differ.',
    find: 'sameSite: COOKIE_SAME_SITE',
    replace: 'sameSite: undefined',
  },
  {
    id: 'cookie-same-site-none',
    requirement: '3.3.2',
    also: ['NIST 5.1.1'],
    what: 'The cookie comes with every request that another site causes.',
    find: 'sameSite: COOKIE_SAME_SITE',
    replace: "sameSite: 'none' as const",
  },
  {
    id: 'cookie-path',
    requirement: '3.3.3',
    also: ['NIST 5.1.1'],
    what: 'The cookie is for one path, which the __Host- prefix does not allow.',
    find: "path: '/'",
    replace: "path: '/api'",
  },
  {
    id: 'cookie-domain',
    requirement: '3.3.3',
    what: 'Sub-domains get the cookie, and can set it.',
    find: "path: '/'",
    replace: "path: '/', domain: 'localhost'",
  },
  {
    id: 'cookie-thirty-days',
    requirement: 'NIST 5.1 persistence',
    what: 'The cookie stays on the disk for thirty days.',
    find: "path: '/'",
    replace: "path: '/', maxAge: 2_592_000",
  },
  {
    id: 'cookie-with-an-end',
    frameworks: ['express', 'fastify'], // Koa's session sets an end or none itself
    requirement: 'NIST 5.1 persistence',
    what: 'The cookie survives the browser until a fixed day.',
    find: "path: '/'",
    replace: "path: '/', expires: new Date('2100-01-01')",
  },
]);

const names = mutantsOf({ file: 'src/security-policy.ts', tests: ['cookies.test.ts'] }, [
  {
    id: 'cookie-without-prefix',
    requirement: '3.3.3',
    also: ['NIST 5.1.1'],
    what: 'Browsers do not hold the cookie to this host: a sub-domain can plant one.',
    find: "COOKIE_NAME = '__Host-id'",
    replace: "COOKIE_NAME = 'id'",
  },
  {
    id: 'cookie-name-tells-software',
    requirement: 'SMCS name',
    what: 'The name is the one that the framework takes by default, without a prefix.',
    find: "COOKIE_NAME = '__Host-id'",
    replace: "COOKIE_NAME = 'connect.sid'",
  },
  {
    id: 'cookie-name-tells-framework',
    requirement: 'SMCS name',
    what: 'The name tells which framework to attack.',
    find: "COOKIE_NAME = '__Host-id'",
    replace: "COOKIE_NAME = '__Host-koa.sess'",
  },
  {
    id: 'cookie-too-long',
    requirement: '3.3.5',
    what: 'The cookie is longer than browsers keep.',
    find: 'SESSION_ID_BYTES = 32',
    replace: 'SESSION_ID_BYTES = 3200',
  },
  {
    id: 'cookie-name-too-long',
    requirement: '3.3.5',
    what: 'The name alone is longer than browsers keep.',
    find: "COOKIE_NAME = '__Host-id'",
    replace: "COOKIE_NAME = `__Host-${'i'.repeat(4096)}`",
  },
]);

/** With a policy whose cookie is persistent. */
const ABSOLUTE = { flags: ['--cookie-lifetime', 'absolute'], tests: ['cookies.test.ts'] };
const UNENDING = 'new Date(Date.now() + 3e12)';

const lifetimes = [
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['koa'], tests: ['cookies.test.ts'] }, [
    {
      id: 'cookie-with-an-end',
      requirement: 'NIST 5.1 persistence',
      what: 'The cookie survives the browser until a fixed day.',
      find: 'expires: cookieEnd(newContent)',
      replace: "expires: new Date('2100-01-01')",
    },
  ]),
  ...mutantsOf({ file: 'src/session/http.ts', frameworks: ['express'], ...ABSOLUTE }, [
    {
      id: 'persistent-cookie-without-end',
      requirement: '7.3.2',
      what: 'A persistent cookie outlives its session by a hundred years.',
      find: 'session.cookie.expires = new Date(absoluteExpiresAt(session))',
      replace: `session.cookie.expires = ${UNENDING}`,
    },
    {
      id: 'persistent-cookie-moves-its-end',
      requirement: '7.3.2',
      what: 'Each write moves the end of a persistent cookie.',
      find: "Object.defineProperty(session, 'touch', { value: () => session });",
      replace: '',
    },
  ]),
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['fastify'], ...ABSOLUTE }, [
    {
      id: 'persistent-cookie-without-end',
      requirement: '7.3.2',
      what: 'A persistent cookie outlives its session by a hundred years.',
      find: 'cookie.expires = new Date(absoluteExpiresAt(content))',
      replace: `cookie.expires = ${UNENDING}`,
    },
  ]),
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['koa'], ...ABSOLUTE }, [
    {
      id: 'persistent-cookie-without-end',
      requirement: '7.3.2',
      what: 'A persistent cookie outlives its session by a hundred years.',
      find: 'new Date(absoluteExpiresAt(content))',
      replace: UNENDING,
    },
  ]),
];

/** The call that deletes the cookie, with other attributes than it was set with. */
function deletions(find: string): Omit<Mutant, 'file'>[] {
  const over = (attributes: string) =>
    find.replace(', COOKIE)', ', { ...COOKIE })').replace('...COOKIE', `...COOKIE, ${attributes}`);
  return [
    {
      id: 'deletion-insecure',
      requirement: '3.3.1',
      also: ['cookie deletion'],
      what: 'Browsers ignore the deletion of a __Host- cookie that is not Secure: it survives the logout.',
      find,
      replace: over('secure: false'),
    },
    {
      id: 'deletion-path',
      requirement: '3.3.3',
      also: ['cookie deletion'],
      what: 'Browsers ignore the deletion of a __Host- cookie for another path: it survives the logout.',
      find,
      replace: over("path: '/api'"),
    },
    {
      id: 'deletion-readable',
      requirement: '3.3.4',
      what: 'The deletion leaves HttpOnly out.',
      find,
      replace: over('httpOnly: false'),
    },
    {
      id: 'deletion-without-same-site',
      requirement: '3.3.2',
      what: 'The deletion leaves SameSite out.',
      find,
      replace: over('sameSite: undefined'),
    },
    {
      id: 'deletion-of-another-name',
      requirement: 'cookie deletion',
      what: 'Another cookie is deleted than the one that was set.',
      find,
      replace: find.replace('COOKIE_NAME', "'__Host-sid'"),
    },
  ];
}

export const COOKIES: Mutant[] = [
  ...attributes,
  ...names,
  ...lifetimes,
  ...mutantsOf(
    { file: MIDDLEWARE, frameworks: ['express'], tests: ['sessions.test.ts', 'cookies.test.ts'] },
    deletions('clearCookie(COOKIE_NAME, COOKIE)'),
  ),
  ...mutantsOf(
    { file: MIDDLEWARE, frameworks: ['fastify'], tests: ['sessions.test.ts', 'cookies.test.ts'] },
    deletions("setCookie(COOKIE_NAME, '', { ...COOKIE, expires: new Date(0) })"),
  ),
  ...mutantsOf(
    { file: MIDDLEWARE, frameworks: ['koa'], tests: ['sessions.test.ts', 'cookies.test.ts'] },
    deletions('cookies.set(COOKIE_NAME, null, COOKIE)'),
  ),
];
