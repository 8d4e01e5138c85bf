// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** The log: events that must be in it, and secrets that must not. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['logs.test.ts'];

const cookieLogged = (cookie: string) => ({
  id: 'cookie-logged',
  requirement: '16.2.5',
  what: 'The log holds cookies.',
  find: 'lines.info({ reqId, ',
  replace: `lines.info({ sent: ${cookie}, reqId, `,
});

const LIFECYCLE = 'src/session/lifecycle.ts';
const secrets = [
  ...mutantsOf({ file: LIFECYCLE, tests: TESTS }, [
    {
      id: 'id-logged',
      requirement: '16.2.5',
      also: ['SMCS logging'],
      what: 'The log holds ids that open sessions.',
      find: 'session: handleOf(keyOf(sessionId)) }, event);',
      replace: 'session: sessionId }, event);',
    },
    {
      id: 'key-logged',
      requirement: '16.2.5',
      also: ['SMCS logging'],
      what: 'The log holds the keys under which the database keeps sessions.',
      find: 'session: handleOf(keyOf(sessionId)) }, event);',
      replace: 'session: keyOf(sessionId) }, event);',
    },
  ]),
  ...mutantsOf({ file: 'src/users/accounts.ts', tests: TESTS }, [
    {
      id: 'password-logged',
      requirement: '16.2.5',
      what: 'The log holds the passwords that people mistyped.',
      find: "{ event: 'authn_login_fail', user: user?.id, ip: address }",
      replace: "{ event: 'authn_login_fail', user: user?.id, ip: address, tried: password }",
    },
    {
      id: 'hash-logged',
      requirement: '16.2.5',
      what: 'The log holds the hashes of passwords.',
      find: "{ event: 'authn_login_success', user: user.id, ip: address }",
      replace: "{ event: 'authn_login_success', user: user.id, ip: address, account: { ...user } }",
    },
  ]),
  ...mutantsOf({ file: 'src/log.ts', tests: TESTS }, [
    {
      id: 'nothing-redacted',
      requirement: '16.2.5',
      what: 'A whole request that is logged by mistake leaves its cookie and its password in the log.',
      find: '{ level, redact, ',
      replace: '{ level, redact: redact.slice(0, 0), ',
    },
    {
      id: 'set-cookie-not-redacted',
      requirement: '16.2.5',
      what: 'A whole answer that is logged by mistake leaves the new cookie in the log.',
      find: `'["set-cookie"]', `,
      replace: '',
    },
    {
      id: 'new-passwords-not-redacted',
      requirement: '16.2.5',
      what: 'A whole body that is logged by mistake leaves the new password in the log.',
      find: "'currentPassword', 'newPassword'",
      replace: "'currentPassword'",
    },
  ]),
  ...mutantsOf({ file: 'src/log.ts', tests: TESTS }, [
    {
      id: 'query-logged',
      requirement: '16.2.5',
      what: 'The log holds what people put into addresses, a password maybe.',
      find: "originalUrl.split('?', 1)[0]",
      replace: 'originalUrl',
    },
  ]),
  ...mutantsOf({ file: 'src/log.ts', frameworks: ['express', 'fastify'], tests: TESTS }, [
    cookieLogged('request.headers.cookie'),
  ]),
  ...mutantsOf({ file: 'src/log.ts', frameworks: ['koa'], tests: TESTS }, [
    cookieLogged('ctx.headers.cookie'),
  ]),
  ...mutantsOf({ file: 'src/protection/cross-site.ts', tests: ['logs.test.ts', 'requests.test.ts'] }, [
    {
      id: 'body-of-a-bad-request-logged',
      requirement: '16.2.5',
      what: 'A body that is not JSON comes into the log, a password in it.',
      find: "  } catch {\n    throw new ApiError('invalid_json');",
      replace: '  } catch (cause) {\n    throw Object.assign(new Error(text), { cause });',
    },
  ]),
];

const noEvent = (id: string, what: string, find: string) => ({
  id,
  requirement: '16.3.1',
  what,
  find,
  replace: '',
});

const events = [
  ...mutantsOf({ file: 'src/users/accounts.ts', tests: TESTS }, [
    noEvent(
      'registration-not-logged',
      'A registration leaves no trace.',
      "log.info({ event: 'user_created', user: user.id, ip: address }, 'registered');",
    ),
    noEvent(
      'failure-not-logged',
      'A wrong password leaves no trace.',
      "log.warn({ event: 'authn_login_fail', user: user?.id, ip: address }, 'wrong email address or password');",
    ),
    noEvent(
      'success-not-logged',
      'A good password leaves no trace.',
      "log.info({ event: 'authn_login_success', user: user.id, ip: address }, 'password accepted');",
    ),
    noEvent(
      'password-change-not-logged',
      'A password change leaves no trace.',
      "log.info({ event: 'authn_password_change', user: user.id, ip: address }, 'password changed');",
    ),
    {
      id: 'failure-without-address',
      requirement: '16.3.1',
      what: 'The log does not say where a wrong password came from.',
      find: "{ event: 'authn_login_fail', user: user?.id, ip: address }",
      replace: "{ event: 'authn_login_fail', user: user?.id }",
    },
    {
      id: 'failure-without-user',
      requirement: '16.3.1',
      what: 'The log does not say whose account a wrong password was for.',
      find: "{ event: 'authn_login_fail', user: user?.id, ip: address }",
      replace: "{ event: 'authn_login_fail', ip: address }",
    },
  ]),
  ...mutantsOf({ file: LIFECYCLE, tests: ['sessions.test.ts', ...TESTS] }, [
    noEvent(
      'login-not-logged',
      'A new session leaves no trace.',
      "logEvent('session_created', user.id, sessionIdOf(request));",
    ),
    noEvent('renewal-not-logged', 'A new id leaves no trace.', "logEvent('session_renewed', user.id, id);"),
    noEvent(
      'logout-not-logged',
      'A logout leaves no trace.',
      "logEvent('session_logout', content.user?.id, current);",
    ),
    noEvent(
      'revocation-not-logged',
      'Ending all other sessions leaves no trace.',
      "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all other sessions');",
    ),
    noEvent(
      'revocation-of-all-not-logged',
      'Ending all sessions of a deleted account leaves no trace.',
      "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');",
    ),
    noEvent(
      'excess-not-logged',
      'A session that ended because there were too many leaves no trace.',
      "if (ended > 0) log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');",
    ),
    {
      id: 'events-without-session',
      requirement: '16.3.1',
      what: 'The log does not say which session an event is of.',
      find: 'session: handleOf(keyOf(sessionId)) }, event);',
      replace: 'of: handleOf(keyOf(sessionId)).length }, event);',
    },
  ]),
  ...mutantsOf({ file: 'src/session/store.ts', tests: TESTS }, [
    noEvent(
      'expiry-not-logged',
      'The end of a session that was too old leaves no trace.',
      "this.#log.info({ event: 'session_expired', user: content.user?.id, session }, 'the session has expired');",
    ),
  ]),
  ...mutantsOf({ file: 'src/session/lifecycle.ts', tests: ['accounts.test.ts', ...TESTS] }, [
    noEvent(
      'dead-session-not-logged',
      'The use of a session that is dead leaves no trace.',
      "logEvent('session_use_after_expire', identity.id, id);",
    ),
  ]),
  ...(['express', 'fastify', 'koa'] as const).flatMap((framework) => {
    const use =
      framework === 'fastify'
        ? "app.addHook('onRequest', requestLog(services.log, whoIs));"
        : 'app.use(requestLog(services.log, whoIs));';
    return mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: TESTS }, [
      {
        id: 'requests-not-logged',
        requirement: '16.3.1',
        what: 'Requests leave no trace.',
        find: use,
        replace: '',
      },
    ]);
  }),
];

export const LOGGING: Mutant[] = [...secrets, ...events];
