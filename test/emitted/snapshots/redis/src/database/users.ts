/**
 * How are users kept in Redis? One hash per user. Its key is derived from the email address, and the id begins with
 * the same text, so creating, finding by address and finding by id are each one step on one key: there is no second
 * key for the address that could disagree. Each function is one command or one script, so each is atomic.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { User, Users } from '../users/accounts.ts';
import { script } from './client.ts';
import { type Database, scanKeys } from './connection.ts';

const FIELDS = ['id', 'email', 'passwordHash', 'credentialVersion', 'disabled'] as const;
type Fields = (string | null)[];

const CREATE = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  redis.call('HSET', KEYS[1], unpack(ARGV))
  return 1`);

/** Changes the user with an id, if the version is the expected one or none is expected. Returns the user. */
const CHANGE = script<Fields | null>(`
  local id, expected, raise = ARGV[1], ARGV[2], ARGV[3]
  local user = redis.call('HMGET', KEYS[1], 'id', 'credentialVersion')
  if user[1] ~= id or (expected ~= '' and user[2] ~= expected) then return false end
  redis.call('HINCRBY', KEYS[1], 'credentialVersion', raise)
  if #ARGV > 3 then redis.call('HSET', KEYS[1], unpack(ARGV, 4)) end
  return redis.call('HMGET', KEYS[1], '${FIELDS.join("', '")}')`);

const RAISE_VERSION = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  return redis.call('HINCRBY', KEYS[1], 'credentialVersion', 1)`);

const REMOVE = script<number>(`
  if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])`);

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const find = (name: string, key: string): Promise<User | null> =>
    run(name, async (db) => toUser(await db.hmGet(key, [...FIELDS])));

  const change = (
    name: string,
    id: string,
    { expected = '', raise = 1, set = [] }: { expected?: number | ''; raise?: 0 | 1; set?: string[] },
  ): Promise<User | null> =>
    run(name, async (db) => toUser(await CHANGE(db, keyOfId(id), id, expected, raise, ...set)));

  return {
    create: (email, passwordHash) =>
      run('users.create', async (db) => {
        const id = `${digest(email)}.${randomBytes(16).toString('base64url')}`;
        const user = { id, email, passwordHash, credentialVersion: 1, disabled: false };
        const fields = FIELDS.flatMap((name) => [name, String(user[name])]);
        return (await CREATE(db, keyOfEmail(email), ...fields)) === 1 ? user : null;
      }),

    findByEmail: (email) => find('users.findByEmail', keyOfEmail(email)),

    findById: async (id) => {
      const user = await find('users.findById', keyOfId(id));
      // The address may belong to a newer account by now.
      return user?.id === id ? user : null;
    },

    changePassword: (id, expected, passwordHash) =>
      change('users.changePassword', id, { expected, set: ['passwordHash', passwordHash] }),

    renewHash: (id, expected, passwordHash) =>
      change('users.renewHash', id, { expected, raise: 0, set: ['passwordHash', passwordHash] }),

    setPassword: (id, passwordHash) => change('users.setPassword', id, { set: ['passwordHash', passwordHash] }),

    raiseCredentialVersion: (id) => change('users.raiseCredentialVersion', id, {}),

    /** For scripts only. Whoever is created meanwhile has nothing to revoke. */
    raiseAllCredentialVersions: async () => {
      for await (const keys of scanKeys(run, 'users.raiseAllCredentialVersions', 'user:*')) {
        await run('users.raiseAllCredentialVersions', (db) => Promise.all(keys.map((key) => RAISE_VERSION(db, key))));
      }
    },

    /** For scripts only. In no particular order; a scan may meet a key twice. */
    list: async (limit) => {
      const found = new Map<string, User>();
      for await (const keys of scanKeys(run, 'users.list', 'user:*')) {
        const users = await run('users.list', (db) => Promise.all(keys.map((key) => db.hmGet(key, [...FIELDS]))));
        for (const user of users.map(toUser)) if (user) found.set(user.id, user);
        if (found.size >= limit) break;
      }
      return [...found.values()].slice(0, limit);
    },

    disable: (id) => change('users.disable', id, { set: ['disabled', 'true'] }),

    remove: (id) => run('users.remove', (db) => REMOVE(db, keyOfId(id), id)),
  };
}

const keyOfEmail = (email: string) => `user:${digest(email)}`;
const keyOfId = (id: string) => `user:${id.split('.')[0]}`;

/** 132 bits: nobody can find two addresses with the same digest. */
function digest(email: string): string {
  return createHash('sha256').update(email).digest('base64url').slice(0, 22);
}

function toUser(fields: Fields | null): User | null {
  const [id, email, passwordHash, credentialVersion, disabled] = fields ?? [];
  if (!id || !email || !passwordHash) return null;
  return { id, email, passwordHash, credentialVersion: Number(credentialVersion), disabled: disabled === 'true' };
}
