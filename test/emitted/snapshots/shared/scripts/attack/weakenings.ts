/**
 * Edits that take one protection away each, to show what it is there for. They are made in a temporary copy only.
 * If one does not find its place any more because you changed the code, change it here too.
 */
export interface Weakening {
  /** The protection that goes. */
  name: string;
  /** The attack that then succeeds. */
  attack: string;
  what: string;
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
}

export const WEAKENINGS: readonly Weakening[] = [
  {
    name: 'regenerate',
    attack: 'fixation',
    what: 'a login keeps the session id that was there',
    file: 'src/session/lifecycle.ts',
    find: 'if (before) await store.terminate(sessionIdOf(request));',
    replace: `if (before) {
      Object.assign(before, { user: pick(user), createdAt: now(), renewedAt: now(), client });
      return store.save(sessionIdOf(request), before);
    }`,
  },
  {
    name: 'terminate-on-logout',
    attack: 'replay',
    what: 'a logout deletes the cookie and leaves the session',
    file: 'src/session/lifecycle.ts',
    find: "await store.terminate(id);\n    note('session_logout'",
    replace: "note('session_logout'",
  },
  {
    name: 'update-only',
    attack: 'resurrection',
    what: 'a write that finds no session makes one',
    file: 'src/session/store.ts',
    find: 'if (!(await this.#records.update(keyOf(id), JSON.parse(json)))) throw new SessionEnded();',
    replace: `if (!(await this.#records.update(keyOf(id), JSON.parse(json)))) {
        const late = { content: JSON.parse(json) as SessionContent, lastSeenAt: this.#now() };
        await this.#records.insert(keyOf(id), late, expiresAt(late));
      }`,
  },
  {
    name: 'credential-version',
    attack: 'old-password',
    what: 'nobody asks which password a session was made with',
    file: 'src/session/guards.ts',
    find: 'if (user && !user.disabled && user.credentialVersion === identity.credentialVersion) return user;',
    replace: 'if (user && !user.disabled) return user;',
  },
  {
    name: 'cross-site',
    attack: 'cross-site',
    what: 'nobody asks where a request comes from',
    file: 'src/protection/cross-site.ts',
    find: "if (site === 'same-origin' || site === 'none') return;\n    throw new Problem('cross_site');",
    replace: 'return;',
  },
  {
    name: 'signature',
    attack: 'forgery',
    what: 'cookies are signed with a secret that everybody knows',
    file: 'src/config.ts',
    find: 'parseSecrets(env.SESSION_SECRETS, production))',
    replace: "parseSecrets(env.SESSION_SECRETS, production) && ['keyboard cat'])",
  },
  {
    name: 'throttle',
    attack: 'brute-force',
    what: 'attempts are counted, and none is refused',
    file: 'src/protection/login-throttle.ts',
    find: 'if (retryAfterMs === 0) return;',
    replace: 'if (retryAfterMs >= 0) return;',
  },
  {
    name: 'idle',
    attack: 'idle',
    what: 'a session that nobody uses goes on',
    file: 'src/session/clocks.ts',
    find: 'return Math.min(idleExpiresAt(record), absoluteExpiresAt(record.content));',
    replace: 'return absoluteExpiresAt(record.content);',
  },
  {
    name: 'absolute',
    attack: 'absolute',
    what: 'a session that is used goes on for ever',
    file: 'src/session/clocks.ts',
    find: 'return Math.min(idleExpiresAt(record), absoluteExpiresAt(record.content));',
    replace: 'return idleExpiresAt(record);',
  },
];

/** @throws Error unless the edit fits exactly once */
export function weaken(text: string, { name, file, find, replace }: Weakening): string {
  const times = text.split(find).length - 1;
  if (times === 1) return text.replace(find, () => replace);
  throw new Error(
    `"${name}" does not fit: ${file} holds its text ${times} times. Mend scripts/attack/weakenings.ts:\n${find}`,
  );
}
