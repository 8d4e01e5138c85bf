/**
 * How are users kept in Redis? One hash per user. Its key is derived from issuer and subject, and the id begins with
 * the same text, so creating, finding by identity and finding by id are each one step on one key: there is no second
 * key for the identity that could disagree. Each function is one command or one script, so each is atomic.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { User, Users } from '../users/accounts.ts';
import { script } from './client.ts';
import { type Database, scanKeys } from './connection.ts';

const FIELDS = ['id', 'issuer', 'subject', 'email', 'credentialVersion', 'disabled'] as const;
type Fields = (string | null)[];

/** The user, with the address of this sign-in. */
const FIND_OR_CREATE = script<Fields>(`
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], unpack(ARGV, 2)) end
  redis.call('HSET', KEYS[1], 'email', ARGV[1])
  return redis.call('HMGET', KEYS[1], '${FIELDS.join("', '")}')`);

/** Changes the user with an id. */
const CHANGE = script<number>(`
  if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
  if #ARGV > 1 then redis.call('HSET', KEYS[1], unpack(ARGV, 2)) end
  return redis.call('HINCRBY', KEYS[1], 'credentialVersion', 1)`);

const RAISE_VERSION = script<number>(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  return redis.call('HINCRBY', KEYS[1], 'credentialVersion', 1)`);

const REMOVE = script<number>(`
  if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])`);

export function createUsers({ run }: Pick<Database, 'run'>): Users {
  const find = (name: string, key: string): Promise<User | null> =>
    run(name, async (db) => toUser(await db.hmGet(key, [...FIELDS])));

  return {
    findOrCreate: (issuer, subject, email) =>
      run('users.findOrCreate', async (db) => {
        const id = `${digest(issuer, subject)}.${randomBytes(16).toString('base64url')}`;
        const created = ['id', id, 'issuer', issuer, 'subject', subject, 'credentialVersion', 1, 'disabled', 'false'];
        const user = toUser(await FIND_OR_CREATE(db, keyOf(issuer, subject), email ?? '', ...created));
        if (!user) throw new Error('the script returned no user');
        return user;
      }),

    findByIdentity: (issuer, subject) => find('users.findByIdentity', keyOf(issuer, subject)),

    findById: async (id) => {
      const user = await find('users.findById', keyOfId(id));
      // The identity may belong to a newer account by now.
      return user?.id === id ? user : null;
    },

    raiseCredentialVersion: (id) => run('users.raiseCredentialVersion', (db) => CHANGE(db, keyOfId(id), id)),

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

    disable: (id) => run('users.disable', (db) => CHANGE(db, keyOfId(id), id, 'disabled', 'true')),

    remove: (id) => run('users.remove', (db) => REMOVE(db, keyOfId(id), id)),
  };
}

const keyOf = (issuer: string, subject: string) => `user:${digest(issuer, subject)}`;
const keyOfId = (id: string) => `user:${id.split('.')[0]}`;

/** 132 bits: nobody can find two identities with the same digest. */
function digest(issuer: string, subject: string): string {
  const text = JSON.stringify([issuer, subject]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function toUser([id, issuer, subject, email, credentialVersion, disabled]: Fields): User | null {
  if (!id || !issuer || subject === null || subject === undefined) return null;
  const numbers = { credentialVersion: Number(credentialVersion), disabled: disabled === 'true' };
  return { id, issuer, subject, email: email || null, ...numbers };
}
