// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Saving: an answer says only what the database holds, and an ended session is never written again. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const STORE = 'src/session/store.ts';
const RACES = ['sessions.test.ts', 'races.test.ts'];

const writeRule = mutantsOf({ file: STORE, tests: RACES }, [
  {
    id: 'update-falls-back-to-insert',
    requirement: '7.4.1',
    also: ['15.4.2'],
    what: 'A slow write brings back a session that was logged out meanwhile.',
    find: 'const isThere: boolean = await this.#records.update(keyOf(id), JSON.parse(json));\n      if (!isThere) throw new SessionEnded();',
    replace: `if (!(await this.#records.update(keyOf(id), JSON.parse(json)))) {
        const late = { content: JSON.parse(json) as SessionContent, lastSeenAt: this.#now() };
        await this.#records.insert(keyOf(id), late, expiresAt(late));
      }`,
  },
  {
    id: 'update-of-an-ended-session-is-silent',
    requirement: '7.4.1',
    what: 'A write to a session that was logged out meanwhile is answered as if it had been kept.',
    find: 'const isThere: boolean = await this.#records.update(keyOf(id), JSON.parse(json));\n      if (!isThere) throw new SessionEnded();',
    replace: 'await this.#records.update(keyOf(id), JSON.parse(json));',
  },
  {
    id: 'update-not-awaited',
    requirement: '16.5.3',
    what: 'A write that fails is answered as if it had been kept.',
    find: 'const isThere: boolean = await this.#records.update(keyOf(id), JSON.parse(json));\n      if (!isThere) throw new SessionEnded();',
    replace: 'void this.#records.update(keyOf(id), JSON.parse(json)).catch(() => {});',
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'touch-falls-back-to-insert',
    requirement: '7.4.1',
    what: 'Activity brings back a session that was logged out meanwhile.',
    find: 'const isThere: boolean = await this.#records.touch(keyOf(id), now, end);\n    if (!isThere) throw new SessionEnded();',
    replace: `if (!(await this.#records.touch(keyOf(id), now, end))) {
      const content = JSON.parse(JSON.stringify({ ...session, cookie: undefined }));
      await this.#records.insert(keyOf(id), { content, lastSeenAt: now }, end);
    }`,
  },
  {
    id: 'touch-of-an-ended-session-is-silent',
    requirement: '7.4.1',
    what: 'A request of a session that was logged out meanwhile is served.',
    find: 'const isThere: boolean = await this.#records.touch(keyOf(id), now, end);\n    if (!isThere) throw new SessionEnded();',
    replace: 'await this.#records.touch(keyOf(id), now, end);',
  },
  {
    id: 'marks-ignored-on-save',
    requirement: '7.4.1',
    what: 'A session that was read is inserted, not updated.',
    find: 'const loaded = this.#loaded.get(session);\n    if (loaded) {',
    replace: 'const loaded = this.#loaded.get(session);\n    if (loaded?.inserted) {',
  },
  {
    id: 'marks-not-set-on-read',
    requirement: '7.4.1',
    what: 'A session that was read is not known to stand in the database.',
    find: 'this.#loaded.set(content, { lastSeenAt });',
    replace: '',
  },
  {
    id: 'marks-not-passed-on',
    requirement: '7.4.1',
    what: "The middleware's copy of a session is not known to stand in the database.",
    find: 'if (loaded) this.#loaded.set(to, loaded);',
    replace: '',
    frameworks: ['express'],
  },
  {
    id: 'content-of-the-cookie-kept',
    requirement: 'clock.login',
    what: 'The attributes of the cookie are kept with the session, so a change of policy does not hold for it.',
    find: 'const { cookie: _, ...content } = session;',
    replace: 'const { ...content } = session;',
    frameworks: ['express'],
    tests: ['cart.test.ts'],
  },
]);

const failures = [
  ...mutantsOf(
    {
      file: 'src/session/http.ts',
      frameworks: ['express'],
      tests: ['database-failure.test.ts', 'sessions.test.ts'],
    },
    [
      {
        id: 'save-errors-swallowed',
        requirement: '16.5.3',
        what: 'A session that could not be saved is answered as if it stood.',
        find: '(error ? reject(error) : resolve())',
        replace: '(error ? resolve() : resolve())',
      },
      {
        id: 'save-not-awaited',
        requirement: '16.5.3',
        what: 'Saving is started and not waited for.',
        find: 'await new Promise<void>((resolve, reject) => {\n      request.session.save',
        replace: 'void new Promise<void>((resolve, reject) => {\n      request.session.save',
      },
      {
        id: 'session-kept-after-failed-save',
        requirement: '16.5.3',
        what: 'A session that could not be saved stays on the request, and its cookie comes with the error.',
        find: 'dropSession(request);\n    throw error;',
        replace: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'src/session/http.ts',
      frameworks: ['fastify'],
      tests: ['database-failure.test.ts', 'sessions.test.ts'],
    },
    [
      {
        id: 'save-errors-swallowed',
        requirement: '16.5.3',
        what: 'A session that could not be saved is answered as if it stood.',
        find: 'await called((done) => request.session.save(done));',
        replace: 'await called((done) => request.session.save(done)).catch(() => {});',
      },
      {
        id: 'save-not-awaited',
        requirement: '16.5.3',
        what: 'Saving is started and not waited for.',
        find: 'await called((done) => request.session.save(done));',
        replace: 'void called((done) => request.session.save(done)).catch(() => {});',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'src/session/http.ts',
      frameworks: ['fastify'],
      tests: ['database-failure.test.ts', 'sessions.test.ts'],
    },
    [
      {
        id: 'session-kept-after-failed-save',
        requirement: '16.5.3',
        what: 'A session that could not be saved stays on the request, and its cookie comes with the error.',
        find: 'dropSession(request);\n    throw error;',
        replace: 'throw error;',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'src/session/http.ts',
      frameworks: ['koa'],
      tests: ['database-failure.test.ts', 'sessions.test.ts'],
    },
    [
      {
        id: 'save-errors-swallowed',
        requirement: '16.5.3',
        what: 'A session that could not be saved is answered as if it stood.',
        find: 'await store.save(session.id, session.content);',
        replace: 'await store.save(session.id, session.content).catch(() => {});',
      },
      {
        id: 'save-not-awaited',
        requirement: '16.5.3',
        what: 'Saving is started and not waited for.',
        find: 'await store.save(session.id, session.content);',
        replace: 'void store.save(session.id, session.content).catch(() => {});',
      },
    ],
  ),
  ...(['express', 'fastify', 'koa'] as const).flatMap((framework) => {
    const request = framework === 'koa' ? 'ctx' : 'request';
    return mutantsOf(
      {
        file: 'src/routes/cart.ts',
        frameworks: [framework],
        tests: ['database-failure.test.ts', 'sessions.test.ts'],
      },
      [
        {
          id: 'cart-route-does-not-await-the-save',
          requirement: '16.5.3',
          also: ['7.4.1'],
          what: 'A cart that could not be kept is answered as if it were.',
          find: `await saveSession(${request});`,
          replace: `void saveSession(${request}).catch(() => {});`,
        },
        {
          id: 'cart-route-does-not-await-the-start',
          requirement: '16.5.3',
          what: 'A visitor session that could not be kept is answered as if it were.',
          find: `await lifecycle.startAnonymous(${request},`,
          replace: `void lifecycle.startAnonymous(${request},`,
        },
      ],
    );
  }),
];

const settings = mutantsOf(
  {
    file: 'src/session/http.ts',
    frameworks: ['express', 'fastify'],
    tests: ['cart.test.ts', 'routes.test.ts'],
  },
  [
    {
      id: 'visitors-get-sessions',
      requirement: '7.6.2',
      what: 'Whoever looks at a page gets a cookie and costs the database a record.',
      find: 'saveUninitialized: false',
      replace: 'saveUninitialized: true',
    },
    {
      id: 'every-answer-saves',
      requirement: 'store.cost',
      what: 'Each answer saves the session anew, whether or not it was changed.',
      find: 'resave: false,',
      replace: 'resave: true,',
      frameworks: ['express'],
      tests: ['database-failure.test.ts'],
    },
    {
      id: 'old-cookies-seen',
      requirement: '13.3.4',
      what: 'A cookie signed with an older secret is deleted by the answer: its user is signed out.',
      find: 'request.cookies = others;',
      replace: '',
      frameworks: ['fastify'],
      tests: ['cookies.test.ts'],
    },
    {
      id: 'old-sessions-sent-again',
      requirement: '7.2.4',
      what: 'An answer that was slow sends its cookie again, and undoes a login that overtook it.',
      find: 'isModified: () => false, isSaved: () => false',
      replace: 'isModified: () => false',
      frameworks: ['fastify'],
      tests: ['races.test.ts', 'login.test.ts', 'reauthentication.test.ts'],
    },
  ],
);

export const SAVING: Mutant[] = [...writeRule, ...failures, ...settings];
