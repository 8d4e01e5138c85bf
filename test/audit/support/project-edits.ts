// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
import type { Answers } from '../../../src/options/options.ts';
import { CATALOGUE } from '../../mutants/catalogue/index.ts';
import { type Contents, type Mutant, mutantsFor, mutate } from '../../mutants/mutant.ts';

/** What is changed in a generated project, and the one check that must turn red. */
export interface SeenMutant {
  id: string;
  check: string;
  edits: readonly Mutant[];
}

type Combination = Pick<Answers, 'framework' | 'store'>;

/** Of the catalogue: each of these alone can be seen from outside. */
export function ofCatalogue(
  combination: Combination,
  rows: readonly (readonly [string, string])[],
): SeenMutant[] {
  return rows.map(([id, check]) => ({ id, check, edits: [catalogued(combination, id)] }));
}

const EXPRESS = { framework: 'express', store: 'postgres' } as const;

/**
 * Where the project has two protections, and the attack is only seen when both are gone; and defects that owners bring
 * in with code of their own, which the catalogue, made of what the project promises, does not hold.
 */
export const OWN_EDITS: readonly SeenMutant[] = [
  own('id-names-its-user', 'B3', {
    file: 'src/session/http.ts',
    find: 'genid: newSessionId,',
    replace:
      "genid: (request) => `${Buffer.from(String(request.body?.email ?? '')).toString('base64url')}~${newSessionId()}`,",
  }),
  own('login-answers-with-the-id', 'B10', {
    file: 'src/routes/auth.ts',
    find: "response.append('Set-Cookie', devices.remember(user)).json({ user: publicUser(user) });",
    replace:
      "response.append('Set-Cookie', devices.remember(user)).json({ user: publicUser(user), session: sessionIdOf(request) });",
  }),
  {
    id: 'session-read-before-the-body-and-late-saves-insert',
    check: 'B13',
    edits: [
      catalogued(EXPRESS, 'update-falls-back-to-insert'),
      edit('session-read-before-the-body', {
        file: 'src/app.ts',
        find: `  routes.use(async (request, _response, next) => {
    const body: Json | undefined = await readJson(request);
    request.body = body; // before the session is read, which then is as fresh as can be
    next();
  });
  routes.use(sessionMiddleware(store, config.secrets));`,
        replace: `  routes.use(sessionMiddleware(store, config.secrets));
  routes.use(async (request, _response, next) => {
    request.body = await readJson(request);
    next();
  });`,
      }),
    ],
  },
  // Without the wait it is a race, which the check wins by chance.
  own('login-answers-before-a-slow-insert', 'B15', {
    file: 'src/session/store.ts',
    find: 'await this.#records.insert(keyOf(id), record, expiresAt(record));',
    replace: 'setTimeout(() => void this.#records.insert(keyOf(id), record, expiresAt(record)), 100);',
  }),
  own('start-page-by-the-host-header', 'B20', {
    file: 'src/app.ts',
    find: "  app.use('/api', api(config, services));",
    replace: `  app.get('/', (request, response) => response.redirect(\`https://\${request.headers.host}/login\`));
  app.use('/api', api(config, services));`,
  }),
  {
    id: 'password-change-leaves-other-sessions-and-the-version-is-not-compared',
    check: 'B27',
    edits: [
      catalogued(EXPRESS, 'password-change-leaves-other-records'),
      catalogued(EXPRESS, 'version-not-compared'),
    ],
  },
  own('login-leads-where-the-link-says', 'B34', {
    file: 'src/routes/auth.ts',
    find: "response.append('Set-Cookie', devices.remember(user)).json({ user: publicUser(user) });",
    replace: `response.append('Set-Cookie', devices.remember(user));
    if (request.query.next) return void response.redirect(String(request.query.next));
    response.json({ user: publicUser(user) });`,
  }),
];

/** Checks that no edit of a few lines turns red, and why. faults.test.ts has an app for B26. */
export const OF_NO_PROJECT: Readonly<Record<string, string>> = {
  B26: 'no time stands in the cookie: one would have to be added, left unsigned, believed, and its record kept',
  B29: 'a fact, never a failure',
};

/** The files with all edits made. */
export function edited(contents: Contents, { edits }: SeenMutant): Map<string, string> {
  const all = new Map(contents);
  for (const one of edits) all.set(one.file, mutate(all, one));
  return all;
}

// --- internal ---

function catalogued(combination: Combination, id: string): Mutant {
  const mutant = mutantsFor(CATALOGUE, combination).find((one) => one.id === id);
  if (!mutant)
    throw new Error(`the catalogue has no ${id} for ${combination.framework} and ${combination.store}`);
  return mutant;
}

type Edit = Pick<Mutant, 'file' | 'find' | 'replace'>;

function edit(id: string, { file, find, replace }: Edit): Mutant {
  return { id, file, find, replace, requirement: '', what: '' };
}

function own(id: string, check: string, one: Edit): SeenMutant {
  return { id, check, edits: [edit(id, one)] };
}
