// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** A new id at each sign-in, and what crosses it. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const LIFECYCLE = 'src/session/lifecycle.ts';
const LOGIN = ['login.test.ts', 'database-failure.test.ts'];
const REAUTHENTICATION = ['reauthentication.test.ts', 'sessions.test.ts', 'database-failure.test.ts'];
const PASSWORD_CHANGE = ['reauthentication.test.ts', 'database-failure.test.ts'];

const login = mutantsOf({ file: LIFECYCLE, tests: LOGIN }, [
  {
    id: 'login-leaves-old-record',
    requirement: '7.2.4',
    what: 'A login does not end the session that was there: the id of before stays good.',
    find: 'if (before) await store.end(sessionIdOf(request));',
    replace: '',
  },
  {
    id: 'login-does-not-await-the-end-of-the-old',
    requirement: '16.5.3',
    what: 'A login answers before the session that was there is ended.',
    find: 'if (before) await store.end(sessionIdOf(request));',
    replace: 'if (before) store.end(sessionIdOf(request)).catch(() => {});',
  },
  {
    id: 'login-ends-visitors-only',
    requirement: '7.2.4',
    what: 'A login by somebody who is signed in leaves the first session alive.',
    find: 'if (before) await store.end(sessionIdOf(request));',
    replace: 'if (before && !before.user) await store.end(sessionIdOf(request));',
  },
  {
    id: 'login-not-awaited',
    requirement: '16.5.3',
    what: 'A login answers before the new session stands in the database.',
    find: 'await regenerate(request, { ...keptAtLogin(before),',
    replace: 'void regenerate(request, { ...keptAtLogin(before),',
    frameworks: ['express', 'koa'],
  },
  {
    id: 'login-not-awaited',
    requirement: '7.2.4',
    what: 'A login answers before the new session stands in the database, or saves it twice at once and fails.',
    find: 'await regenerate(request, { ...keptAtLogin(before),',
    replace: 'void regenerate(request, { ...keptAtLogin(before),',
    frameworks: ['fastify'],
  },
  {
    id: 'login-keeps-everything',
    requirement: 'clock.login',
    what: 'Whatever was planted in the session of before crosses the login.',
    find: '...keptAtLogin(before),',
    replace: '...before,',
    tests: ['cart.test.ts', ...LOGIN],
  },
  {
    id: 'login-keeps-old-clock',
    requirement: 'clock.login',
    what: 'The absolute limit runs from the time that the session of before says.',
    find: 'const times = { createdAt: time, renewedAt: time };',
    replace: 'const times = { createdAt: time, renewedAt: before?.renewedAt ?? time };',
    tests: ['cart.test.ts', 'clocks.test.ts'],
  },
]);

const content = mutantsOf({ file: 'src/session/content.ts', tests: ['cart.test.ts', ...LOGIN] }, [
  {
    id: 'kept-from-a-signed-in-session',
    requirement: 'store.apart',
    what: 'What one user left in the browser reaches the next one who signs in there.',
    find: 'if (!before || before.user) return {};',
    replace: 'if (!before) return {};',
  },
  {
    id: 'kept-by-no-list',
    requirement: 'clock.login',
    what: 'All that a visitor session holds crosses the login, not what is on the list.',
    find: 'KEPT_AT_LOGIN.map(',
    replace: '(Object.keys(before) as typeof KEPT_AT_LOGIN[number][]).map(',
  },
]);

const renewal = mutantsOf({ file: LIFECYCLE, tests: REAUTHENTICATION }, [
  {
    id: 'renewal-leaves-old-record',
    requirement: '7.2.4',
    what: 'The id of before stays good after the password was given again.',
    find: 'const wasLive: boolean = await orDrop(request, store.end(previous));',
    replace: 'const wasLive = Boolean(previous);',
  },
  {
    id: 'renewal-of-an-ended-session',
    requirement: '7.4.1',
    what: 'A slow request brings a session that was logged out back, under a new id.',
    find: 'if (!wasLive) {',
    replace: 'if (wasLive === null) {',
  },
  {
    id: 'overtaken-renewal-left',
    requirement: '7.4.1',
    what: 'A logout that comes while the password is given again leaves the new record.',
    find: `        await store.end(id);
        throw new SessionEnded();`,
    replace: '        throw new SessionEnded();',
    tests: ['sessions.test.ts'],
  },
  {
    id: 'renewal-not-awaited',
    requirement: '16.5.3',
    what: 'An answer leaves before the renewed session stands in the database.',
    find: 'await regenerate(request, { ...before, user: identityOf(user), renewedAt: now() });',
    replace:
      'void regenerate(request, { ...before, user: identityOf(user), renewedAt: now() }).catch(() => {});',
  },
  {
    id: 'renewal-without-a-new-id',
    requirement: '7.2.4',
    what: 'The password given again restarts the clocks and keeps the id.',
    find: 'if (!before) throw new SessionEnded();\n      const previous',
    replace: `if (!before) throw new SessionEnded();
    if (before.createdAt) {
      Object.assign(before, { user: identityOf(user), renewedAt: now() });
      return store.save(sessionIdOf(request), request.session as object);
    }
      const previous`,
    frameworks: ['express'],
  },
  {
    id: 'renewal-without-a-new-id',
    requirement: '7.2.4',
    what: 'The password given again restarts the clocks and keeps the id.',
    find: 'if (!before) throw new SessionEnded();\n      const previous',
    replace: `if (!before) throw new SessionEnded();
    if (before.createdAt) {
      Object.assign(before, { user: identityOf(user), renewedAt: now() });
      return store.save(sessionIdOf(request), before);
    }
      const previous`,
    frameworks: ['fastify', 'koa'],
  },
  {
    id: 'renewal-leaves-the-window-shut',
    requirement: 'clock.reauthentication',
    what: 'The password given again restarts no clock.',
    find: 'user: identityOf(user), renewedAt: now() }',
    replace: 'user: identityOf(user) }',
  },
  {
    id: 'renewal-moves-the-sign-in',
    requirement: 'clock.reauthentication',
    what: 'The password given again makes a session look new.',
    find: 'user: identityOf(user), renewedAt: now() }',
    replace: 'user: identityOf(user), createdAt: now(), renewedAt: now() }',
  },
]);

const passwordChange = mutantsOf({ file: LIFECYCLE, tests: PASSWORD_CHANGE }, [
  {
    id: 'password-change-leaves-other-records',
    requirement: '7.4.3',
    also: ['clock.password-change'],
    what: 'A password change leaves the records of the other sessions.',
    find: 'await orDrop(request, store.endByUser(user.id, sessionIdOf(request)));',
    replace: '',
  },
  {
    id: 'password-change-does-not-await-the-others',
    requirement: '16.5.3',
    what: 'A password change answers before the other sessions are ended, and says nothing if they are not.',
    find: 'await orDrop(request, store.endByUser(user.id, sessionIdOf(request)));',
    replace: 'store.endByUser(user.id, sessionIdOf(request)).catch(() => {});',
  },
  {
    id: 'password-change-keeps-the-cookie-of-a-failure',
    requirement: '16.5.3',
    what: 'A password change that failed half-way still hands out a cookie.',
    find: 'await orDrop(request, store.endByUser(user.id, sessionIdOf(request)));',
    replace: 'await store.endByUser(user.id, sessionIdOf(request));',
    frameworks: ['express', 'fastify'], // on Koa no error comes with a cookie
  },
  {
    id: 'password-change-keeps-the-id',
    requirement: '7.2.4',
    what: 'A password change leaves the id of the session in use as it was.',
    find: 'await lifecycle.regenerateAfterReauthentication(request, user);',
    replace: `const content = contentOf(request);
    if (!content) throw new SessionEnded();
    Object.assign(content, { user: identityOf(user), renewedAt: now() });
    await store.save(sessionIdOf(request), content);`,
  },
]);

const ROUTE = 'src/routes/auth.ts';

/** The routes of each framework, which await what the lifecycle does. */
const routes = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const [request, client] = framework === 'koa' ? ['ctx', 'ctx'] : ['request', 'request'];
  const call = `await lifecycle.logIn(${request}, user, clientOf(${client}));`;
  const after = {
    express: [
      "\n    response.append('Set-Cookie', devices.remember(user));",
      "\n    response.append('Set-Cookie', devices.remember(user)).json",
    ],
    fastify: [
      "\n    reply.header('Set-Cookie', devices.remember(user));",
      "\n    return reply.header('Set-Cookie'",
    ],
    koa: [
      "\n    ctx.append('Set-Cookie', devices.remember(user));\n    ctx.status = 201",
      "\n    ctx.append('Set-Cookie', devices.remember(user));\n    ctx.body = {",
    ],
  }[framework];
  return mutantsOf({ file: ROUTE, frameworks: [framework], tests: LOGIN }, [
    {
      id: 'registration-route-does-not-await',
      requirement: '7.2.4',
      what: 'A registration answers before its session stands in the database.',
      find: `${call}${after[0]}`,
      replace: `${call.replace('await', 'void').replace(';', '.catch(() => {});')}${after[0]}`,
    },
    {
      id: 'login-route-does-not-await',
      requirement: '7.2.4',
      what: 'A login answers before its session stands in the database.',
      find: `${call}${after[1]}`,
      replace: `${call.replace('await', 'void').replace(';', '.catch(() => {});')}${after[1]}`,
    },
    {
      id: 'renewal-route-does-not-await',
      requirement: '16.5.3',
      what: 'The password given again is answered before the new session stands in the database.',
      find: `await lifecycle.regenerateAfterReauthentication(${request}, user);`,
      replace: `void lifecycle.regenerateAfterReauthentication(${request}, user).catch(() => {});`,
      tests: REAUTHENTICATION,
    },
    {
      id: 'password-route-does-not-await',
      requirement: '16.5.3',
      what: 'A password change is answered before the new session stands in the database.',
      find: `await lifecycle.regenerateAndEndOthers(${request}, changed);`,
      replace: `void lifecycle.regenerateAndEndOthers(${request}, changed).catch(() => {});`,
      tests: PASSWORD_CHANGE,
    },
    {
      id: 'password-route-does-not-renew',
      requirement: '7.2.4',
      also: ['clock.password-change', 'store.shared'],
      what: 'A password change neither renews the id nor ends the other sessions.',
      find: `await lifecycle.regenerateAndEndOthers(${request}, changed);`,
      replace: 'void changed;',
      tests: PASSWORD_CHANGE,
    },
  ]);
});

/** What stands between the lifecycle and the framework's own middleware. */
const ROTATION = 'src/session/http.ts';
const start = [
  ...mutantsOf({ file: ROTATION, frameworks: ['express'], tests: LOGIN }, [
    {
      id: 'rotation-missing',
      requirement: '7.2.4',
      what: 'A login fills the session object that was there, under its id.',
      find: 'request.sessionStore.generate(request);',
      replace: '',
    },
    {
      id: 'rotation-before-data',
      requirement: '7.2.4',
      what: 'Data is put into the session of before, and lost by the rotation.',
      find: 'request.sessionStore.generate(request);\n  Object.assign(request.session, content);',
      replace: 'Object.assign(request.session, content);\n  request.sessionStore.generate(request);',
    },
    {
      id: 'start-does-not-await-the-save',
      requirement: '16.5.3',
      what: 'A new session is not waited for.',
      tests: ['database-failure.test.ts'],
      find: 'Object.assign(request.session, content);\n  await saveSession(request);',
      replace: 'Object.assign(request.session, content);\n  void saveSession(request).catch(() => {});',
    },
  ]),
  ...mutantsOf({ file: ROTATION, frameworks: ['fastify'], tests: LOGIN }, [
    {
      id: 'rotation-missing',
      requirement: '7.2.4',
      what: 'A login fills the session object that was there, under its id.',
      find: "await loadSession(request, '');",
      replace: "if (!request.session.sessionId) await loadSession(request, '');",
    },
    {
      id: 'start-does-not-await-the-save',
      requirement: '7.2.4',
      what: 'A new session is not waited for.',
      find: 'request.session.content = content;\n  await saveSession(request);',
      replace: 'request.session.content = content;\n  void saveSession(request).catch(() => {});',
    },
  ]),
  ...mutantsOf({ file: ROTATION, frameworks: ['koa'], tests: LOGIN }, [
    {
      id: 'start-does-not-await-the-save',
      requirement: '7.2.4',
      what: 'A new session is not waited for.',
      find: 'isNew: true };\n  await saveSession(request);',
      replace: 'isNew: true };\n  void saveSession(request).catch(() => {});',
    },
  ]),
];

export const ROTATIONS: Mutant[] = [...login, ...content, ...renewal, ...passwordChange, ...routes, ...start];
