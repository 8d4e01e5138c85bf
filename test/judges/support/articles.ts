import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A login as a widely copied article has it, pasted into a project. */
export interface Article {
  name: string;
  /** In the framework's own words. */
  edits: readonly Edit[];
  /** Files of test/ that are about it. */
  files: readonly string[];
  /** What the name of a test that fails says about the attack. */
  attack: RegExp;
}

interface Edit {
  file: string;
  find: string;
  replace: string;
}

type Framework = keyof typeof LOGINS;

/** Pastes it. @throws Error when the project does not hold the text, once */
export function paste({ name, edits }: Article, directory: string): void {
  for (const { file, find, replace } of edits) {
    const path = join(directory, file);
    const [before, after, ...more] = readFileSync(path, 'utf8').split(find);
    if (after === undefined || more.length > 0)
      throw new Error(`${name}: ${file} does not hold once:\n${find}`);
    writeFileSync(path, `${before}${replace}${after}`);
  }
}

export function articlesFor(framework: Framework): readonly Article[] {
  const { withoutWaiting, underTheOldId } = LOGINS[framework];
  const fixation = { files: ['test/login.test.ts'], attack: /session fixation/ };
  return [
    { name: 'a login that does not wait for the new id', edits: withoutWaiting, ...fixation },
    { name: 'a login under the id of before', edits: underTheOldId, ...fixation },
    {
      name: 'a cookie that is kept for 30 days',
      edits: COOKIES[framework],
      files: ['test/cookies.test.ts'],
      attack: /the next person at this computer finds the session/,
    },
  ];
}

// --- internal ---

const LIFECYCLE = 'src/session/lifecycle.ts';
const HTTP = 'src/session/http.ts';
const OURS = `      if (before) await store.end(sessionIdOf(request));
      const time = now();
      await regenerate(request, {
        ...keptAtLogin(before),`;

/** The session object is filled while the store is still at work on the old one, or as it is. */
const login = (fill: string): Edit => ({
  file: LIFECYCLE,
  find: OURS,
  replace: `      const time = now();
      ${fill}
        ...keptAtLogin(before),`,
});

const LOGINS = {
  express: {
    withoutWaiting: [login('request.session.regenerate(() => {});\n      Object.assign(request.session, {')],
    underTheOldId: [login('Object.assign(request.session, {')],
  },
  fastify: {
    withoutWaiting: [login("request.session.regenerate(() => {});\n      request.session.set('content', {")],
    underTheOldId: [login("request.session.set('content', {")],
  },
  // There is no middleware with a regenerate: ours makes the id.
  koa: {
    withoutWaiting: [login('void regenerate(request, {')],
    underTheOldId: [
      login('await regenerate(request, {'),
      { file: HTTP, find: 'id: newSessionId(),', replace: 'id: request.session?.id ?? newSessionId(),' },
    ],
  },
} satisfies Record<string, Record<string, readonly Edit[]>>;

const THIRTY_DAYS_MS = '30 * 24 * 60 * 60 * 1000';

const COOKIES: Record<Framework, readonly Edit[]> = {
  express: [keptFor(`  sameSite: COOKIE_SAME_SITE,\n`, `  maxAge: ${THIRTY_DAYS_MS},\n`)],
  fastify: [keptFor(`  sameSite: COOKIE_SAME_SITE,\n`, `  maxAge: ${THIRTY_DAYS_MS},\n`)],
  koa: [
    {
      file: HTTP,
      find: 'sameSite: COOKIE_SAME_SITE };',
      replace: `sameSite: COOKIE_SAME_SITE, maxAge: ${THIRTY_DAYS_MS} };`,
    },
  ],
};

function keptFor(find: string, addition: string): Edit {
  return { file: HTTP, find, replace: `${find}${addition}` };
}
