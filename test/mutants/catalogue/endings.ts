// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Logout, revocation, the limit of sessions, and accounts that are disabled, deleted or changed. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const LIFECYCLE = 'src/session/lifecycle.ts';

const logout = mutantsOf({ file: LIFECYCLE, tests: ['sessions.test.ts', 'database-failure.test.ts'] }, [
  {
    id: 'logout-leaves-the-record',
    requirement: '7.4.1',
    also: ['NIST 5.1', 'clock.end', 'store.shared'],
    what: 'A logout deletes the cookie only: a copy of it stays good.',
    find: 'const wasLive: boolean = await store.end(current);',
    replace: 'const wasLive = Boolean(store);',
  },
  {
    id: 'logout-not-awaited',
    requirement: '7.4.1',
    what: 'A logout answers before the session is ended, and says nothing if it is not.',
    find: 'const wasLive: boolean = await store.end(current);',
    replace: 'store.end(current).catch(() => {});\n      const wasLive = true as boolean;',
  },
  {
    id: 'logout-needs-a-user',
    requirement: '7.4.1',
    what: "A visitor's session survives a logout.",
    find: 'if (!content) return;',
    replace: 'if (!content?.user) return;',
  },
  {
    id: 'logout-ends-all',
    requirement: '7.4.1',
    what: 'A logout in one browser signs the user out in all of them.',
    find: 'const wasLive: boolean = await store.end(current);',
    replace:
      "const wasLive: boolean = await store.end(current);\n      await store.endByUser(content.user?.id ?? '');",
  },
  {
    id: 'logout-leaves-the-successor',
    requirement: '7.4.1',
    what: 'A logout that a new id overtook leaves the session under that one.',
    find: 'if (!wasLive && content.user) await store.endSignIn(content.user.id, content.createdAt);',
    replace: 'void wasLive;',
  },
  {
    id: 'logout-after-a-password-change',
    requirement: '7.4.1',
    what: 'A logout that a password change overtook leaves the session under its new id.',
    find: 'outdated.set(request, [content, id]);',
    replace: '',
  },
]);

const successors = mutantsOf({ file: 'src/session/store.ts', tests: ['sessions.test.ts'] }, [
  {
    id: 'successor-ends-with-all',
    requirement: '7.4.1',
    what: 'A logout that a new id overtook signs the user out in all browsers.',
    find: 'if (content.createdAt === createdAt) await',
    replace: 'if (content.createdAt || createdAt) await',
  },
]);

const FRAMEWORKS = [
  { framework: 'express', request: 'request', response: 'response' },
  { framework: 'fastify', request: 'request', response: 'reply' },
  { framework: 'koa', request: 'ctx', response: 'ctx' },
] as const;

const headers = {
  express: 'response.set(CLEAR_SITE_DATA).status(204)',
  fastify: 'return reply.headers(CLEAR_SITE_DATA).code(204)',
  koa: 'ctx.set(CLEAR_SITE_DATA);\n    ctx.status = 204',
};
const without = {
  express: 'response.status(204)',
  fastify: 'return reply.code(204)',
  koa: 'ctx.status = 204',
};

const routes = FRAMEWORKS.flatMap(({ framework, request, response }) => {
  const forget = {
    express: "response.append('Set-Cookie', devices.forget());",
    fastify: "reply.header('Set-Cookie', devices.forget());",
    koa: "ctx.append('Set-Cookie', devices.forget());",
  };
  const withoutHeaders = (before: string) => ({
    find: `${before}${headers[framework]}`,
    replace: `${before}${without[framework]}`,
  });
  return [
    ...mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: ['sessions.test.ts'] }, [
      {
        id: 'logout-route-ends-nothing',
        requirement: '7.4.1',
        what: 'The logout route deletes the cookie only.',
        find: `await lifecycle.logOut(${request});`,
        replace: '',
      },
      {
        id: 'logout-route-does-not-await',
        requirement: '7.4.1',
        what: 'The logout route answers before the session is ended.',
        find: `await lifecycle.logOut(${request});`,
        replace: `void lifecycle.logOut(${request}).catch(() => {});`,
        tests: ['database-failure.test.ts'],
      },
      {
        id: 'logout-route-leaves-the-cookie',
        requirement: '7.4.1',
        what: 'A logout leaves the cookie in the browser.',
        find: `await lifecycle.logOut(${request});\n    clearSessionCookie(${response});`,
        replace: `await lifecycle.logOut(${request});`,
      },
      {
        id: 'logout-route-leaves-site-data',
        requirement: '14.3.1',
        what: 'A logout leaves what the browser kept of the user.',
        ...withoutHeaders(`await lifecycle.logOut(${request});\n    clearSessionCookie(${response});\n    `),
      },
      {
        id: 'logout-by-get',
        requirement: '3.5.3',
        what: 'A link or an image signs people out.',
        ...logoutBy(framework),
      },
    ]),
    ...mutantsOf(
      {
        file: 'src/routes/auth.ts',
        frameworks: [framework],
        tests: ['accounts.test.ts', 'reauthentication.test.ts'],
      },
      [
        {
          id: 'deletion-leaves-the-user',
          requirement: '7.4.2',
          what: 'A deleted account still signs in.',
          find: 'await users.remove(id);',
          replace: '',
        },
        {
          id: 'deletion-leaves-sessions',
          requirement: '7.4.2',
          what: 'A deleted account leaves records of its sessions.',
          find: `await lifecycle.logOutEverywhere(${request}, id);`,
          replace: '',
        },
        {
          id: 'deletion-begins-with-sessions',
          requirement: '7.4.2',
          what: 'When the records cannot be removed, the account is not deleted and its sessions live on.',
          find: `await users.remove(id);\n    await lifecycle.logOutEverywhere(${request}, id);`,
          replace: `await lifecycle.logOutEverywhere(${request}, id);\n    await users.remove(id);`,
        },
        {
          id: 'deletion-leaves-the-cookie',
          requirement: '7.4.2',
          what: 'A deleted account leaves its cookie in the browser.',
          find: `await lifecycle.logOutEverywhere(${request}, id);\n    clearSessionCookie(${response});`,
          replace: `await lifecycle.logOutEverywhere(${request}, id);`,
        },
        {
          id: 'deletion-leaves-site-data',
          requirement: '14.3.1',
          what: 'A deleted account leaves what the browser kept of it.',
          ...withoutHeaders(
            `await lifecycle.logOutEverywhere(${request}, id);\n    clearSessionCookie(${response});\n    ${forget[framework]}\n    `,
          ),
        },
        {
          id: 'deletion-needs-no-recent-login',
          requirement: '7.5.3',
          what: 'An unattended browser can delete the account.',
          find: `lifecycle.requireRecentLogin(${request});`,
          replace: '',
        },
      ],
    ),
  ];
});

function logoutBy(framework: 'express' | 'fastify' | 'koa') {
  return {
    express: { find: "routes.post('/auth/logout'", replace: "routes.all('/auth/logout'" },
    fastify: {
      find: "routes.post('/auth/logout'",
      replace: "for (const method of ['get', 'post'] as const) routes[method]('/auth/logout'",
    },
    koa: { find: "routes.post('/auth/logout'", replace: "routes.all('/auth/logout'" },
  }[framework];
}

const revocationRoutes = FRAMEWORKS.flatMap(({ framework, request, response }) => {
  const guard = `lifecycle.requireRecentLogin(${request});\n    `;
  const all = 'const terminated';
  const one = framework === 'koa' ? "const { handle = '' }" : 'const { handle }';
  return mutantsOf(
    {
      file: 'src/routes/sessions.ts',
      frameworks: [framework],
      tests: ['sessions.test.ts', 'reauthentication.test.ts'],
    },
    [
      {
        id: 'revoking-all-needs-no-recent-login',
        requirement: '7.5.2',
        what: 'An unattended browser can sign the user out everywhere else.',
        find: `${guard}${all}`,
        replace: all,
      },
      {
        id: 'revoking-one-needs-no-recent-login',
        requirement: '7.5.2',
        what: 'An unattended browser can end sessions of the user.',
        find: `${guard}${one}`,
        replace: one,
      },
      {
        id: 'revoking-all-does-nothing',
        requirement: '7.5.2',
        what: 'Ending all other sessions ends none.',
        find: `await lifecycle.logOutElsewhere(${request}, userOf(${request}).id)`,
        replace: `(await store.list(userOf(${request}).id)).length - 1`,
      },
      {
        id: 'revoking-a-foreign-one-is-told',
        requirement: '7.5.2',
        what: 'A handle that is not one of the own is answered as if it had been ended.',
        find: "throw new ApiError('not_found');",
        replace: 'void ApiError;',
      },
      {
        id: 'revoking-the-current-leaves-the-cookie',
        requirement: '7.5.2',
        what: 'Ending the session in use from the list leaves its cookie in the browser.',
        find: `clearSessionCookie(${response});`,
        replace: '',
      },
      {
        id: 'revoking-the-current-leaves-site-data',
        requirement: '14.3.1',
        what: 'Ending the session in use from the list leaves what the browser kept.',
        find: {
          express: 'response.set(CLEAR_SITE_DATA);',
          fastify: 'reply.headers(CLEAR_SITE_DATA);',
          koa: 'ctx.set(CLEAR_SITE_DATA);',
        }[framework],
        replace: '',
      },
      {
        id: 'current-session-not-marked',
        requirement: '7.5.2',
        what: 'The list does not say which session is the one in use.',
        find: `const current = keyOf(sessionIdOf(${request}));`,
        replace: "const current = '';",
      },
    ],
  );
});

const siteData = mutantsOf({ file: 'src/protection/headers.ts', tests: ['sessions.test.ts'] }, [
  {
    id: 'site-data-cookies-too',
    requirement: '14.3.1',
    what: 'A logout deletes the cookies of every other app of the domain.',
    find: '\'"cache", "storage"\'',
    replace: '\'"cache", "cookies", "storage"\'',
  },
]);

const revocation = mutantsOf({ file: 'src/session/store.ts', tests: ['sessions.test.ts'] }, [
  {
    id: 'revoking-one-removes-nothing',
    requirement: '7.5.2',
    also: ['SMCS concurrent'],
    what: 'Ending a session from the list leaves it alive.',
    find: 'return record !== undefined && this.#records.remove(record.key);',
    replace: 'return record !== undefined;',
  },
  {
    id: 'revoking-one-takes-any',
    requirement: '7.5.2',
    also: ['SMCS concurrent'],
    what: 'Another session is ended than the one that was named.',
    find: 'find(({ key }) => handleOf(key) === handle)',
    replace: 'find(({ key }) => handleOf(key) !== handle)',
  },
  {
    id: 'revoking-all-ends-the-current',
    requirement: '7.5.2',
    what: 'Ending all other sessions ends the one in use too.',
    find: 'await this.#records.removeByUser(userId, exceptKey);',
    replace: 'await this.#records.removeByUser(userId);',
  },
  {
    id: 'revoking-all-removes-nothing',
    requirement: '7.5.2',
    also: ['clock.end', 'store.shared'],
    what: 'Ending all other sessions says how many there were and ends none.',
    find: 'await this.#records.removeByUser(userId, exceptKey);',
    replace: '',
    tests: ['sessions.test.ts', 'reauthentication.test.ts'],
  },
  {
    id: 'surplus-not-ended',
    requirement: '7.1.2',
    what: 'A user may have any number of sessions.',
    find: 'for (const { key } of surplus) await this.#records.remove(key);',
    replace: '',
  },
  {
    id: 'surplus-one-late',
    requirement: '7.1.2',
    what: 'A user may have one session more than the policy says.',
    find: 'slice(MAX_SESSIONS_PER_USER)',
    replace: 'slice(MAX_SESSIONS_PER_USER + 1)',
  },
  {
    id: 'surplus-ends-the-newest',
    requirement: '7.1.2',
    what: 'The newest session is ended, not the oldest: signing in is no longer possible.',
    find: 'b.content.createdAt - a.content.createdAt',
    replace: 'a.content.createdAt - b.content.createdAt',
  },
]);

const lifecycle = mutantsOf({ file: LIFECYCLE, tests: ['sessions.test.ts', 'database-failure.test.ts'] }, [
  {
    id: 'limit-not-looked-at',
    requirement: '7.1.2',
    what: 'A login does not look at the number of sessions.',
    find: 'await orDrop(request, store.endSurplus(user.id))',
    replace: '0',
  },
  {
    id: 'limit-errors-swallowed',
    requirement: '16.5.3',
    what: 'A login is answered as good although the limit of sessions could not be held.',
    find: 'await orDrop(request, store.endSurplus(user.id))',
    replace: 'await store.endSurplus(user.id).catch(() => 0)',
  },
  {
    id: 'limit-failure-leaves-the-cookie',
    requirement: '16.5.3',
    what: 'A login that failed at the limit of sessions still hands out a cookie.',
    find: 'await orDrop(request, store.endSurplus(user.id))',
    replace: 'await store.endSurplus(user.id)',
    frameworks: ['express', 'fastify'], // on Koa no error comes with a cookie
  },
  {
    id: 'elsewhere-is-everywhere',
    requirement: '7.5.2',
    what: 'Ending all other sessions ends the one in use too.',
    find: 'const ended: number = await store.endByUser(userId, sessionIdOf(request));',
    replace: 'const ended: number = await store.endByUser(userId);',
  },
  {
    id: 'everywhere-is-nowhere',
    requirement: '7.4.2',
    what: 'Deleting an account removes none of its session records.',
    find: 'const ended: number = await store.endByUser(userId);',
    replace: 'const ended = 0;',
    tests: ['accounts.test.ts'],
  },
]);

const guards = mutantsOf(
  {
    file: 'src/session/lifecycle.ts',
    tests: ['accounts.test.ts', 'reauthentication.test.ts', 'admin.test.ts'],
  },
  [
    {
      id: 'version-not-compared',
      requirement: '7.4.3',
      what: 'A session made with the old password while it was changed stays good.',
      find: ' && user.credentialVersion === identity.credentialVersion',
      replace: '',
    },
    {
      id: 'version-may-be-older',
      requirement: '7.4.3',
      what: 'A session of an older credential version is let in.',
      find: 'user.credentialVersion === identity.credentialVersion',
      replace: 'user.credentialVersion >= identity.credentialVersion',
    },
    {
      id: 'disabled-let-in',
      requirement: '7.4.2',
      what: 'A session of a disabled account is let in if its version is the current one.',
      find: 'if (user && !user.disabled && ',
      replace: 'if (user && ',
    },
    {
      id: 'dead-session-served',
      requirement: '7.4.2',
      also: ['8.3.2'],
      what: 'What the session of a disabled account holds is served on public routes.',
      find: "dropSession(request);\n      logEvent('session_use_after_expire'",
      replace: "logEvent('session_use_after_expire'",
    },
    {
      id: 'dead-session-stays',
      requirement: '7.4.2',
      what: 'The session of a disabled or deleted account stays in the database when it is met.',
      find: 'if (!user || user.disabled) await store.end(id);',
      replace: '',
    },
  ],
);

const accounts = mutantsOf(
  { file: 'src/users/accounts.ts', tests: ['accounts.test.ts', 'reauthentication.test.ts'] },
  [
    {
      id: 'disabled-signs-in',
      requirement: '7.4.2',
      what: 'A disabled account signs in.',
      find: 'if (!user || !isRight || user.disabled) {',
      replace: 'if (!user || !isRight) {',
    },
    {
      id: 'version-read-after-the-password',
      requirement: '7.4.3',
      what: 'A login with the old password that overlaps the change gets the version of after it.',
      find: "'password accepted');\n    return user;",
      replace: "'password accepted');\n    return (await users.findById(user.id)) ?? user;",
    },
    {
      id: 'version-of-the-request',
      requirement: '15.4.2',
      what: 'Of two password changes at once both win.',
      find: 'await users.changePassword(user.id, credentialVersion, await hashPassword(next));',
      replace: `await users.changePassword(
      user.id,
      (await users.findById(user.id))?.credentialVersion ?? credentialVersion,
      await hashPassword(next),
    );`,
    },
  ],
);

const USERS = 'src/database/users.ts';
const databaseTests = ['accounts.test.ts', 'reauthentication.test.ts', 'database.test.ts', 'admin.test.ts'];
const versions = [
  ...mutantsOf({ file: USERS, stores: ['postgres'], tests: databaseTests }, [
    {
      id: 'password-change-raises-no-version',
      requirement: '7.4.3',
      what: 'A password change leaves the credential version.',
      find: 'SET password_hash = $3, ${RAISED} ${where}',
      replace: 'SET password_hash = $3 ${where}',
    },
    {
      id: 'password-change-expects-no-version',
      requirement: '15.4.2',
      what: 'Of two password changes at once the slower one wins.',
      find: 'WHERE id = $1 AND credential_version = $2 RETURNING',
      replace: 'WHERE id = $1 AND $2::int IS NOT NULL RETURNING',
    },
    {
      id: 'disabling-raises-no-version',
      requirement: '7.4.2',
      what: 'Disabling an account leaves the credential version.',
      find: 'SET disabled = true, ${RAISED} WHERE',
      replace: 'SET disabled = true WHERE',
    },
    {
      id: 'disabling-disables-nothing',
      requirement: '7.4.2',
      what: 'A disabled account signs in again.',
      find: 'SET disabled = true, ${RAISED} WHERE',
      replace: 'SET ${RAISED} WHERE',
    },
    {
      id: 'version-not-raised',
      requirement: '7.4.5',
      what: "Revoking a user's sessions leaves a login under way alive.",
      find: 'UPDATE users SET ${RAISED} WHERE id = $1`',
      replace: 'UPDATE users SET id = id WHERE id = $1`',
    },
    {
      id: 'support-raises-no-version',
      requirement: '7.4.3',
      what: 'A password that support sets leaves the credential version.',
      find: 'SET password_hash = $2, ${RAISED} WHERE',
      replace: 'SET password_hash = $2 WHERE',
    },
    {
      id: 'versions-not-raised',
      requirement: '7.4.5',
      what: "Revoking everybody's sessions raises no credential version.",
      find: '`UPDATE users SET ${RAISED}`',
      replace: "'UPDATE users SET id = id'",
    },
    {
      id: 'renewed-hash-expects-no-version',
      requirement: '11.4.2',
      what: 'A login that was slow writes the old password back over a new one.',
      find: "'UPDATE users SET password_hash = $3 WHERE id = $1 AND credential_version = $2'",
      replace: "'UPDATE users SET password_hash = $3 WHERE id = $1 AND $2::int IS NOT NULL'",
    },
    {
      id: 'removal-removes-nobody',
      requirement: '7.4.2',
      what: 'A deleted account stays.',
      find: "'DELETE FROM users WHERE id = $1'",
      replace: "'SELECT FROM users WHERE id = $1'",
    },
    {
      id: 'registration-takes-over',
      requirement: '15.4.2',
      what: 'Registering an address again changes the password of its account.',
      find: 'ON CONFLICT (email) DO NOTHING',
      replace: 'ON CONFLICT (email) DO UPDATE SET password_hash = $3',
    },
  ]),
  ...mutantsOf({ file: USERS, stores: ['redis'], tests: databaseTests }, [
    {
      id: 'password-change-raises-no-version',
      requirement: '7.4.3',
      what: 'A password change leaves the credential version.',
      find: "change('users.changePassword', id, { expected, set",
      replace: "change('users.changePassword', id, { expected, raise: 0, set",
    },
    {
      id: 'password-change-expects-no-version',
      requirement: '15.4.2',
      what: 'Of two password changes at once the slower one wins.',
      find: "change('users.changePassword', id, { expected, set",
      replace: "change('users.changePassword', id, { set",
    },
    {
      id: 'disabling-raises-no-version',
      requirement: '7.4.2',
      what: 'Disabling an account leaves the credential version.',
      find: "'users.disable', id, { set: ['disabled', 'true'] }",
      replace: "'users.disable', id, { raise: 0, set: ['disabled', 'true'] }",
    },
    {
      id: 'disabling-disables-nothing',
      requirement: '7.4.2',
      what: 'A disabled account signs in again.',
      find: "'users.disable', id, { set: ['disabled', 'true'] }",
      replace: "'users.disable', id, {}",
    },
    {
      id: 'version-not-raised',
      requirement: '7.4.5',
      what: "Revoking a user's sessions leaves a login under way alive.",
      find: "change('users.raiseCredentialVersion', id, {})",
      replace: "change('users.raiseCredentialVersion', id, { raise: 0 })",
    },
    {
      id: 'support-raises-no-version',
      requirement: '7.4.3',
      what: 'A password that support sets leaves the credential version.',
      find: "change('users.setPassword', id, { set",
      replace: "change('users.setPassword', id, { raise: 0, set",
    },
    {
      id: 'versions-not-raised',
      requirement: '7.4.5',
      what: "Revoking everybody's sessions raises no credential version.",
      find: "return redis.call('HINCRBY', KEYS[1], 'credentialVersion', 1)`",
      replace: "return redis.call('HINCRBY', KEYS[1], 'credentialVersion', 0)`",
    },
    {
      id: 'version-check-in-two-steps',
      requirement: '15.4.2',
      what: 'Whoever expects a version gets it whatever it is.',
      find: "(expected ~= '' and user[2] ~= expected)",
      replace: "(expected == 'none' and user[2] ~= expected)",
    },
    {
      id: 'id-of-an-earlier-account',
      requirement: '7.4.2',
      what: 'A session of a deleted account belongs to whoever registers its address next.',
      find: 'return user?.id === id ? user : null;',
      replace: 'return user;',
    },
    {
      id: 'change-of-an-earlier-account',
      requirement: '7.4.2',
      what: 'A change meant for a deleted account reaches the next one of its address.',
      find: 'if user[1] ~= id or (expected',
      replace: 'if not user[1] or (expected',
    },
    {
      id: 'renewed-hash-expects-no-version',
      requirement: '11.4.2',
      what: 'A login that was slow writes the old password back over a new one.',
      find: "'users.renewHash', id, { expected, raise: 0",
      replace: "'users.renewHash', id, { raise: 0",
    },
    {
      id: 'removal-removes-nobody',
      requirement: '7.4.2',
      what: 'A deleted account stays.',
      find: "return redis.call('DEL', KEYS[1])`",
      replace: 'return 1`',
    },
    {
      id: 'registration-takes-over',
      requirement: '15.4.2',
      what: 'Registering an address again changes the password of its account.',
      find: "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end\n  redis.call('HSET', KEYS[1], unpack(ARGV))",
      replace: "redis.call('HSET', KEYS[1], unpack(ARGV))",
    },
  ]),
  ...mutantsOf({ file: USERS, stores: ['mongo'], tests: databaseTests }, [
    {
      id: 'password-change-raises-no-version',
      requirement: '7.4.3',
      what: 'A password change leaves the credential version.',
      find: '{ $set: { passwordHash }, ...RAISE }, expectedVersion',
      replace: '{ $set: { passwordHash } }, expectedVersion',
    },
    {
      id: 'password-change-expects-no-version',
      requirement: '15.4.2',
      what: 'Of two password changes at once the slower one wins.',
      find: '{ $set: { passwordHash }, ...RAISE }, expectedVersion',
      replace: '{ $set: { passwordHash }, ...RAISE }',
    },
    {
      id: 'disabling-raises-no-version',
      requirement: '7.4.2',
      what: 'Disabling an account leaves the credential version.',
      find: '{ $set: { disabled: true }, ...RAISE }',
      replace: '{ $set: { disabled: true } }',
    },
    {
      id: 'disabling-disables-nothing',
      requirement: '7.4.2',
      what: 'A disabled account signs in again.',
      find: '{ $set: { disabled: true }, ...RAISE }',
      replace: 'RAISE',
    },
    {
      id: 'version-not-raised',
      requirement: '7.4.5',
      what: "Revoking a user's sessions leaves a login under way alive.",
      find: "change('users.raiseCredentialVersion', id, RAISE)",
      replace: "change('users.raiseCredentialVersion', id, { $inc: { credentialVersion: 0 } })",
    },
    {
      id: 'support-raises-no-version',
      requirement: '7.4.3',
      what: 'A password that support sets leaves the credential version.',
      find: "change('users.setPassword', id, { $set: { passwordHash }, ...RAISE })",
      replace: "change('users.setPassword', id, { $set: { passwordHash } })",
    },
    {
      id: 'versions-not-raised',
      requirement: '7.4.5',
      what: "Revoking everybody's sessions raises no credential version.",
      find: 'updateMany({}, RAISE)',
      replace: 'updateMany({ id: { $eq: "" } }, RAISE)',
    },
    {
      id: 'renewed-hash-expects-no-version',
      requirement: '11.4.2',
      what: 'A login that was slow writes the old password back over a new one.',
      find: "change('users.renewHash', id, { $set: { passwordHash } }, expectedVersion)",
      replace: "change('users.renewHash', id, { $set: { passwordHash } })",
    },
    {
      id: 'removal-removes-nobody',
      requirement: '7.4.2',
      what: 'A deleted account stays.',
      find: 'deleteOne({ id: { $eq: id } })',
      replace: 'countDocuments({ id: { $eq: id } })',
    },
    {
      id: 'registration-takes-over',
      requirement: '15.4.2',
      what: 'Registering an address again changes the password of its account.',
      find: 'const inserting = users(db).insertOne(document);',
      replace: 'const inserting = users(db).replaceOne({ _id: { $eq: email } }, document, { upsert: true });',
    },
  ]),
];

export const ENDINGS: Mutant[] = [
  ...logout,
  ...successors,
  ...routes,
  ...revocationRoutes,
  ...siteData,
  ...revocation,
  ...lifecycle,
  ...guards,
  ...accounts,
  ...versions,
];
