/** Does this Redis keep what it is told? It needs no schema, but it is no cache: sessions and users exist nowhere else. */
import { DatabaseUnavailable } from '../errors.ts';
import { createRedis, type Db } from './client.ts';

/** Looks for what would lose data. Returns what it found, a line each. @throws DatabaseUnavailable */
export async function migrate(url: string): Promise<string[]> {
  const client = createRedis(url);
  client.on('error', () => {}); // connect() rejects with it
  try {
    await client.connect();
    return [...(await risksOfLoss(client)), 'Nothing to do: Redis needs no schema.'];
  } catch (error) {
    throw new DatabaseUnavailable('migrate', error);
  } finally {
    client.destroy();
  }
}

/** How this Redis could lose data, one sentence per risk. Never fails. */
export async function risksOfLoss(db: Db): Promise<string[]> {
  try {
    const [appendOnly, snapshots, memory] = await Promise.all([
      db.configGet('appendonly'),
      db.configGet('save'),
      db.configGet('maxmemory-policy'),
    ]);
    const risks: string[] = [];
    if (appendOnly.appendonly !== 'yes' && !snapshots.save) {
      risks.push('Redis stores nothing on disk, so a restart loses all users and sessions: set `appendonly yes`.');
    }
    if (memory['maxmemory-policy'] !== 'noeviction') {
      risks.push('Redis deletes users and sessions when its memory is full: set `maxmemory-policy noeviction`.');
    }
    return risks;
  } catch (error) {
    // Hosted servers often forbid CONFIG.
    return [`Could not check that Redis stores its data on disk and deletes none when full: ${error}`];
  }
}
