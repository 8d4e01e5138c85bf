/** A change by Stryker that no test can tell from the source, or none that runs here. */
export interface Equivalent {
  file: string;
  /** The line where it begins, as it stands, without its indentation. */
  line: string;
  /** What Stryker puts there, where not everything that it tries is equivalent. */
  replacements?: readonly string[];
  why: string;
}

/** Of the default project: Express on PostgreSQL. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...wordsBesideAnEvent('src/session/guards.ts', [
    "log.warn({ event: 'session_use_after_expire', user: identity.id, session: handleOf(keyOf(id)) }, 'a dead session');",
  ]),
  ...wordsBesideAnEvent('src/session/lifecycle.ts', [
    "if (ended > 0) log.warn({ event: 'excess_sessions_exceeded', user: user.id, ended }, 'ended the oldest sessions');",
    "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all other sessions');",
    "log.info({ event: 'session_revoked', user: userId, ended }, 'ended all sessions');",
  ]),
  ...wordsBesideAnEvent('src/session/store.ts', ["'too old',", "override name = 'SessionEnded';"]),
  {
    file: 'src/session/records.ts',
    line: "'removeExpired',",
    why: 'The name of a call is for people and for tests that hold it up; nobody waits for this one.',
  },
  {
    file: 'src/session/records.ts',
    line: "async removeByUser(userId, exceptKey = '') {",
    replacements: ['"Stryker was here!"'],
    why: 'Neither text is the key of a session.',
  },
  ...provenOutside('src/session/records.ts', 'test/alone/scripts.test.ts does, in a process of its own', [
    'const query = (name: string, text: string, values: unknown[] = []) =>',
    'async removeAll() {',
    "await query('removeAll', 'DELETE FROM sessions');",
  ]),
  ...provenOutside('src/session/rotation.ts', 'projects whose cookie stays do (--cookie-lifetime absolute)', [
    'export function keepExpires(session: Session & Partial<SessionContent>): void {',
    "if (COOKIE_LIFETIME !== 'absolute' || !hasContent(session) || !session.user) return;",
    "Object.defineProperty(session, 'touch', { value: () => session });",
  ]),
  {
    file: 'src/session/rotation.ts',
    line: "Object.defineProperty(session, 'touch', { value: () => session });",
    replacements: ['() => undefined'],
    why: 'In projects whose cookie stays: express-session does not look at what touch() returns.',
  },
  {
    file: 'src/session/middleware.ts',
    line: 'this.destroy = callbackify(async (id: string) => {',
    replacements: ['{}'],
    why: "A part of express-session's interface that the app does not call: rotation.ts ends sessions without it.",
  },
  {
    file: 'src/session/guards.ts',
    line: 'if (!content) return;',
    replacements: ['false'],
    why: 'A visitor has no mark, so the store would do nothing either.',
  },
  {
    file: 'src/session/store.ts',
    line: 'if (mark) this.#marks.set(session, mark);',
    replacements: ['true'],
    why: 'To hold undefined for a session is to hold no mark for it.',
  },
  {
    file: 'src/session/store.ts',
    line: 'return this.#marks.get(session)?.lastSeenAt ?? session.renewedAt;',
    replacements: ['this.#marks.get(session).lastSeenAt'],
    why: 'Only asked about sessions that were read, which have a mark; the rest of the line is for the compiler.',
  },
];

// --- internal ---

function wordsBesideAnEvent(file: string, lines: readonly string[]): Equivalent[] {
  return lines.map((line) => {
    return {
      file,
      line,
      replacements: ['""'],
      why: 'Words for people; what counts is the event beside them.',
    };
  });
}

/** Nothing that runs here reaches it, or can tell. */
function provenOutside(file: string, where: string, lines: readonly string[]): Equivalent[] {
  return lines.map((line) => ({ file, line, why: `No test of this run notices, but ${where}.` }));
}
