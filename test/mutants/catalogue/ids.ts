// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** The session id and the secrets that sign it. */
import { type Mutant, mutantsOf } from '../mutant.ts';
import { RULES } from '../rule.ts';

const ids = mutantsOf({ file: 'src/session/store.ts', tests: ['login.test.ts', 'cookies.test.ts'] }, [
  {
    id: 'id-of-64-bits',
    requirement: '7.2.3',
    also: ['11.5.1'],
    what: 'An id has 64 random bits: half of what ASVS asks for.',
    find: 'randomBytes(SESSION_ID_BYTES)',
    replace: 'randomBytes(8)',
  },
  {
    id: 'id-uuid',
    requirement: '7.2.3',
    what: 'An id is a UUID, which ASVS does not take for one.',
    find: "randomBytes(SESSION_ID_BYTES).toString('base64url')",
    replace: 'crypto.randomUUID()',
  },
  {
    id: 'id-from-math-random',
    requirement: '7.2.3',
    what: 'An id comes from a generator whose next values can be computed from earlier ones.',
    find: 'randomBytes(SESSION_ID_BYTES)',
    replace: 'Buffer.from(Array.from({ length: SESSION_ID_BYTES }, () => Math.floor(Math.random() * 256)))',
  },
  {
    id: 'id-from-the-time',
    requirement: '7.2.3',
    what: 'An id is a hash of the time: whoever knows when somebody signed in finds it.',
    find: "return randomBytes(SESSION_ID_BYTES).toString('base64url')",
    replace: 'return sha256(String(Date.now()))',
  },
  {
    id: 'id-always-the-same',
    requirement: '7.2.2',
    what: 'Every session has the same id.',
    find: "return randomBytes(SESSION_ID_BYTES).toString('base64url')",
    replace: "return Buffer.alloc(SESSION_ID_BYTES).toString('base64url')",
  },
  {
    id: 'id-of-the-process',
    requirement: '7.2.2',
    what: 'A process gives out the one id that it made when it started.',
    find: "return randomBytes(SESSION_ID_BYTES).toString('base64url')",
    replace: 'return sha256(`id of process ${process.pid}`)',
  },
  {
    id: 'id-stored-in-clear',
    requirement: 'store.hash',
    also: ['11.2.4'],
    what: 'A leaked table of sessions holds usable ids.',
    find: 'return sha256(id);',
    replace: 'return id;',
  },
  {
    id: 'id-stored-reversed',
    requirement: 'store.hash',
    also: ['11.2.4'],
    what: 'The id can be found from what the database holds.',
    find: 'return sha256(id);',
    replace: "return Buffer.from(id).reverse().toString('latin1');",
  },
  {
    id: 'handle-is-the-key',
    requirement: '7.5.2',
    also: ['SMCS logging'],
    what: 'The list of sessions and the log show the key under which the database holds a session.',
    find: 'return sha256(`handle:${key}`).slice(0, 22);',
    replace: 'return key;',
    tests: ['sessions.test.ts', 'logs.test.ts'],
  },
]);

const policy = mutantsOf({ file: 'src/security-policy.ts', tests: ['login.test.ts'] }, [
  {
    id: 'id-policy-of-64-bits',
    requirement: '7.2.3',
    also: ['11.5.1'],
    what: 'The policy asks for 64 bits.',
    find: 'SESSION_ID_BYTES = 32',
    replace: 'SESSION_ID_BYTES = 8',
  },
]);

const KEPT = {
  id: 'id-kept',
  requirement: '7.2.4',
  also: ['NIST 5.1'],
  what: 'A login goes on under the id that the client came with, which an attacker may have planted (fixation).',
};
const FIRST_SECRET = {
  id: 'only-the-first-secret-verifies',
  requirement: '13.3.4',
  what: 'Replacing a secret signs everybody out.',
};
const LAST_SECRET = {
  id: 'the-last-secret-signs',
  requirement: '13.3.4',
  what: 'A secret that should go is still the one that signs, so it can never be dropped.',
};
const FIXED_SECRET = {
  id: 'secret-in-the-source',
  requirement: '13.3.4',
  what: 'Cookies are signed with a secret that stands in the source.',
};
const tests = ['cookies.test.ts', 'login.test.ts'];
const MIDDLEWARE = 'src/session/http.ts';

const secrets = [
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['express', 'fastify'], tests }, [
    { ...FIRST_SECRET, find: 'secret: secrets,', replace: 'secret: secrets.slice(0, 1),' },
    { ...LAST_SECRET, find: 'secret: secrets,', replace: 'secret: [...secrets].reverse(),' },
    {
      ...FIXED_SECRET,
      find: 'secret: secrets,',
      replace: "secret: 'keyboard cat, keyboard cat, keyboard cat',",
    },
  ]),
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['koa'], tests }, [
    { ...FIRST_SECRET, find: 'new Keygrip(secrets,', replace: 'new Keygrip(secrets.slice(0, 1),' },
    { ...LAST_SECRET, find: 'new Keygrip(secrets,', replace: 'new Keygrip([...secrets].reverse(),' },
    { ...FIXED_SECRET, find: 'new Keygrip(secrets,', replace: "new Keygrip(['keyboard cat']," },
    {
      id: 'signature-not-verified',
      requirement: '7.2.1',
      what: 'Any signature will do.',
      find: 'dot > 0 && keys.verify(id, value.slice(dot + 1))',
      replace: 'dot > 0',
    },
    {
      id: 'signature-not-needed',
      requirement: '7.2.1',
      what: 'A cookie without a signature is taken.',
      find: "keys.verify(id, value.slice(dot + 1)) ? id : ''",
      replace: "keys.verify(id, value.slice(dot + 1)) ? id : dot < 0 ? value : ''",
    },
    {
      id: 'signature-by-sha-1',
      requirement: '7.2.1',
      what: 'Cookies are signed with SHA-1.',
      find: "'sha256'",
      replace: "'sha1'",
      tests: ['koa.test.ts'],
    },
  ]),
];

/** Before the session is looked for, a cookie header is made of something else. */
function takenFrom(raw: string, request: string, find: string, made: (statements: string) => string) {
  const set = (value: string) =>
    made(`const given = ${value};
          if (given) ${raw}.headers.cookie = \`__Host-id=\${encodeURIComponent(String(given))}\`;`);
  return [
    {
      id: 'id-in-the-query',
      requirement: '14.2.1',
      also: ['SMCS cookie only'],
      what: 'An id in the address counts as one in the cookie does.',
      find,
      replace: set(`(${request}.query as Record<string, string>)['__Host-id']`),
    },
    {
      id: 'id-in-a-header',
      requirement: '14.2.1',
      also: ['SMCS cookie only'],
      what: 'An id in a header counts as one in the cookie does.',
      find,
      replace: set(`decodeURIComponent(String(${raw}.headers['x-session-id'] ?? ''))`),
    },
    {
      id: 'id-under-a-short-name',
      requirement: '14.2.1',
      also: ['SMCS cookie only'],
      what: 'An id in the address counts, under another name than that of the cookie.',
      find,
      replace: set(`(${request}.query as Record<string, string>).sid`),
    },
    {
      id: 'id-as-a-bearer',
      requirement: '14.2.1',
      also: ['SMCS cookie only'],
      what: 'An id counts as a bearer token.',
      find,
      replace: set(`${raw}.headers.authorization?.replace(/^Bearer /, '')`),
    },
  ];
}

/** Where an id comes from besides the cookie, which proxies and logs would see. */
const sources = [
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['express'], tests }, [
    {
      ...KEPT,
      find: 'genid: newSessionId',
      replace: 'genid: (request) => request.sessionID || newSessionId()',
    },
  ]),
  ...mutantsOf({ file: MIDDLEWARE, frameworks: ['fastify'], tests }, [
    {
      ...KEPT,
      find: 'idGenerator: newSessionId',
      replace: 'idGenerator: (request) => request?.session?.sessionId ?? newSessionId()',
    },
  ]),
  ...mutantsOf({ file: 'src/session/http.ts', frameworks: ['koa'], tests }, [
    {
      ...KEPT,
      find: '{ id: newSessionId(), content,',
      replace: '{ id: request.session?.id ?? newSessionId(), content,',
    },
  ]),
  ...(['express', 'koa'] as const).flatMap((framework) => {
    const { raw, noStore, asked } = RULES[framework];
    const [request, app] = framework === 'koa' ? ['ctx', 'app'] : ['request', 'routes'];
    const edits = takenFrom(
      raw,
      request,
      noStore,
      (statements) => `${noStore}\n  ${app}.${asked(statements)}`,
    );
    return mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests }, edits);
  }),
  ...mutantsOf(
    { file: 'src/app.ts', frameworks: ['fastify'], tests },
    takenFrom(
      'request.raw',
      'request',
      'async (_request, reply) => {\n      reply.headers(NO_STORE);',
      (statements) => `async (request, reply) => {\n      reply.headers(NO_STORE);\n      ${statements}`,
    ),
  ),
];

export const IDS: Mutant[] = [...ids, ...policy, ...secrets, ...sources];
