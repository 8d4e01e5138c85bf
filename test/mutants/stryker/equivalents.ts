/** A change by Stryker that no test can tell from the source, or none that runs here. */
export interface Equivalent {
  file: string;
  /** The line where it begins, as it stands, without its indentation. */
  line: string;
  /** What Stryker puts there, where not everything that it tries is equivalent. */
  replacements?: readonly string[];
  why: string;
}

const NAME_OF_A_CALL =
  'The name of a call is for people and for tests that hold it up; none does with this one.';
const SCRIPTS = 'test/admin.test.ts does, in a process of its own';
const SAME_VALUE = 'The value is always there, or what stands for it comes to the same.';

/** Of the default project: Express on PostgreSQL. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...wordsBesideAnEvent('src/session/lifecycle.ts', [
    "if (ended > 0) log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');",
    "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all other sessions');",
    "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');",
  ]),
  {
    file: 'src/session/lifecycle.ts',
    line: "if (!content || site === 'cross-site' || site === 'same-site') return;",
    replacements: ['false'],
    why: 'Nothing was loaded for a visitor, so the store would do nothing either.',
  },
  ...wordsBesideAnEvent('src/session/store.ts', [
    "this.#log.info({ event: 'session_expired', user: content.user?.id, session }, 'the session has expired');",
    "override name = 'SessionEnded';",
  ]),
  {
    file: 'src/session/store.ts',
    line: 'if (loaded) this.#loaded.set(to, loaded);',
    replacements: ['true'],
    why: 'To keep undefined for a session is to keep nothing for it.',
  },
  {
    file: 'src/session/store.ts',
    line: 'return this.#loaded.get(session)?.lastSeenAt ?? session.renewedAt;',
    replacements: ['this.#loaded.get(session).lastSeenAt'],
    why: 'Only asked about sessions that were loaded; the rest of the line is for the compiler.',
  },
  ...provenOutside('src/session/http.ts', 'projects whose cookie stays do (--cookie-lifetime absolute)', [
    'function keepExpires(session: Session & Partial<SessionContent>): void {',
    "if (COOKIE_LIFETIME !== 'absolute' || !hasContent(session) || !session.user) return;",
    "Object.defineProperty(session, 'touch', { value: () => session });",
  ]),
  {
    file: 'src/session/http.ts',
    line: "Object.defineProperty(session, 'touch', { value: () => session });",
    replacements: ['() => undefined'],
    why: 'In projects whose cookie stays: express-session does not look at what touch() returns.',
  },
  {
    file: 'src/session/http.ts',
    line: "override destroy: session.Store['destroy'] = callbackify(async (id: string) => {",
    replacements: ['{}'],
    why: "A part of express-session's interface that the app does not call: lifecycle.ts ends sessions without it.",
  },
  ...namesOfCalls('src/database/sessions.ts', [
    "while ((await query('removeExpired', statement, [new Date(now)])).rowCount === BATCH);",
  ]),
  {
    file: 'src/database/sessions.ts',
    line: "removeByUser: (userId, exceptKey = '') =>",
    replacements: ['"Stryker was here!"'],
    why: 'Neither text is the key of a session.',
  },
  ...provenOutside('src/database/sessions.ts', SCRIPTS, [
    'const query = (name: string, text: string, values: unknown[] = []) =>',
    "removeAll: () => query('removeAll', 'DELETE FROM sessions'),",
  ]),
  ...namesOfCalls('src/database/users.ts', [
    "return one('create', statement, [randomBytes(16).toString('base64url'), email, passwordHash]);",
    "return change('renewHash', statement, [id, version, passwordHash]);",
    "raiseCredentialVersion: (id) => change('raiseCredentialVersion', `UPDATE users SET ${RAISED} WHERE id = $1`, [id]),",
    "disable: (id) => change('disable', `UPDATE users SET disabled = true, ${RAISED} WHERE id = $1`, [id]),",
    "remove: (id) => change('remove', 'DELETE FROM users WHERE id = $1', [id]),",
  ]),
  {
    file: 'src/database/users.ts',
    line: 'run(`users.${name}`, (db) => db.query(text, values));',
    replacements: ['``'],
    why: NAME_OF_A_CALL,
  },
  ...provenOutside('src/database/users.ts', SCRIPTS, [
    'const change = (name: string, text: string, values: unknown[] = []) =>',
    "raiseAllCredentialVersions: () => change('raiseAllCredentialVersions', `UPDATE users SET ${RAISED}`),",
  ]),
  ...namesOfCalls('src/database/throttle.ts', [
    "run('throttle.removeExpired', (db) => db.query('DELETE FROM throttle WHERE full_at <= $1', [new Date(now)])),",
  ]),
  {
    file: 'src/database/throttle.ts',
    line: 'const fullAt = rows[0]?.full_at.getTime() ?? now;',
    replacements: ['rows[0].full_at'],
    why: 'The row is only gone when the cleaning comes between two statements, where no test can put it.',
  },
  ...wordsBesideAnEvent('src/protection/throttle.ts', [
    "log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');",
  ]),
  ...wordsBesideAnEvent('src/protection/headers.ts', [
    "log.warn({ event: 'csp_violation', directives: directives.slice(0, 10) }, 'a page was stopped by its policy');",
  ]),
  {
    file: 'src/protection/headers.ts',
    line: 'strictTransportSecurity: production && { maxAge: HSTS_MAX_AGE_SECONDS, includeSubDomains: true },',
    replacements: ['{}'],
    why: 'It is what helmet takes by itself, today; the number is one of the policy.',
  },
  ...wordsBesideAnEvent('src/protection/cross-site.ts', [
    "log.warn(event, 'cross-site request refused; APP_ORIGINS lists what is allowed');",
  ]),
  {
    file: 'src/protection/cross-site.ts',
    line: "return header.split(';').some((pair) => pair.split('=', 1)[0]?.trim() === COOKIE_NAME);",
    replacements: ["pair.split('=', 1)[0].trim"],
    why: SAME_VALUE,
  },
  {
    file: 'src/protection/cross-site.ts',
    line: "export function refuseCrossSite({ method = '', headers }: IncomingMessage, origins: readonly string[], log: Log): void {",
    replacements: ['"Stryker was here!"'],
    why: 'What a server gets has a method, and neither text is one that is safe.',
  },
  {
    file: 'src/protection/cross-site.ts',
    line: "function hasSessionCookie(header = ''): boolean {",
    replacements: ['"Stryker was here!"'],
    why: 'Neither text holds the cookie.',
  },
  {
    file: 'src/protection/cross-site.ts',
    line: `const isJson = /^application\\/json *(; *charset="?utf-8"? *)?$/i.test(headers['content-type'] ?? '');`,
    replacements: ['"Stryker was here!"'],
    why: 'Neither text is the type of JSON.',
  },
  {
    file: 'src/protection/https.ts',
    line: "const forwarded = trustProxy(socket.remoteAddress ?? '', 0) ? headers['x-forwarded-proto'] : undefined;",
    replacements: ['"Stryker was here!"'],
    why: 'A client that has left has no address; neither text is one of a proxy.',
  },
  ...wordsBesideAnEvent('src/users/accounts.ts', [
    "log.info({ event: 'user_created', user: user.id, ip: address }, 'registered');",
    "log.warn({ event: 'authn_login_fail', user: user?.id, ip: address }, 'wrong email address or password');",
    "log.info({ event: 'authn_login_success', user: user.id, ip: address }, 'password accepted');",
    "log.info({ event: 'authn_password_change', user: user.id, ip: address }, 'password changed');",
  ]),
  {
    file: 'src/users/passwords.ts',
    line: "const DUMMY_HASH = argon2.hashSync('not a password of anybody', policy.PASSWORD_HASHING);",
    replacements: ['""'],
    why: 'Whatever the password, it is never right.',
  },
];

// --- internal ---

function wordsBesideAnEvent(file: string, lines: readonly string[]): Equivalent[] {
  const why = 'Words for people; what counts is the event beside them.';
  return lines.map((line) => ({ file, line, replacements: ['""'], why }));
}

function namesOfCalls(file: string, lines: readonly string[]): Equivalent[] {
  return lines.map((line) => ({ file, line, replacements: ['""'], why: NAME_OF_A_CALL }));
}

/** Nothing that runs here reaches it, or can tell. */
function provenOutside(file: string, where: string, lines: readonly string[]): Equivalent[] {
  return lines.map((line) => ({ file, line, why: `No test of this run notices, but ${where}.` }));
}
