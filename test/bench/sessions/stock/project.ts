import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a session of a stock app holds: the same as in the project. */
export interface StockSession {
  content?: { user: { id: string }; createdAt: number; renewedAt: number; client: object };
}

// biome-ignore lint/suspicious/noExplicitAny: modules of a generated project, which the type checker does not see
export type Modules = Record<string, any>;

export type Stock = Awaited<ReturnType<typeof partsOf>>;

/** What a stock app has in common with the compiled project: all but sessions and what guards them. */
export async function partsOf(directory: string, db: unknown) {
  const load = (path: string): Promise<Modules> => import(join(directory, 'dist/src', path));
  const headers = await load('protection/headers.js');
  const { createUsers } = await load('database/users.js');
  const { sessionClocks } = await load('session/content.js');
  const { MAX_BODY_BYTES } = await load('security-policy.js');
  const { createLog, logOptions, requestLog } = await load('log.js');
  const { publicUser } = await load('users/accounts.js');
  const run = (_name: string, work: (db: unknown) => unknown) => work(db);
  const users = createUsers({ run });

  return {
    headers,
    users,
    run,
    log: createLog(),
    /** Fastify's alone. */
    logOptions,
    requestLog,
    maxBodyBytes: MAX_BODY_BYTES as number,
    cookie: { path: '/', secure: true, httpOnly: true, sameSite: 'lax' as const },
    cookieName: '__Host-id',
    secret: 'a secret of a bench that has thirty-two bytes or more',
    /** Registers whoever asks. The password is never looked at, so it need not be a hash. */
    async signIn(email: string) {
      const { id } = await users.create(email, 'no password');
      const now = Date.now();
      return {
        user: { id, credentialVersion: 1 },
        createdAt: now,
        renewedAt: now,
        client: { ip: '', userAgent: '' },
      };
    },
    async status(content: StockSession['content']) {
      const found = content && (await users.findById(content.user.id));
      if (!found) return { authenticated: false };
      return this.answer({ content, lastSeenAt: content.createdAt }, found);
    },
    answer: (record: object, user: object) => {
      return { authenticated: true, user: publicUser(user), ...sessionClocks(record) };
    },
    load,
    tls: {
      cert: readFileSync(join(directory, 'certs/server.pem')),
      key: readFileSync(join(directory, 'certs/server-key.pem')),
    },
  };
}
