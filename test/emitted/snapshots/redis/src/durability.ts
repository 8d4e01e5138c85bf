/** How this Redis could lose what it is given. Here it is no cache: sessions and users exist nowhere else. */
import type { Db } from './engine.ts';

/** One sentence per risk, for the log. */
export async function risksOfLoss(db: Db): Promise<string[]> {
  try {
    const [appendOnly, snapshots, memory] = await Promise.all([
      db.configGet('appendonly'),
      db.configGet('save'),
      db.configGet('maxmemory-policy'),
    ]);
    const risks: string[] = [];
    if (appendOnly.appendonly !== 'yes' && !snapshots.save) {
      risks.push('Redis keeps nothing on disk, a restart loses all users and sessions: set appendonly yes');
    }
    if (memory['maxmemory-policy'] !== 'noeviction') {
      risks.push('Redis drops users and sessions when its memory is full: set maxmemory-policy noeviction');
    }
    return risks;
  } catch (error) {
    // Hosted servers often forbid CONFIG.
    return [`could not check that Redis keeps data on disk and drops none when full: ${error}`];
  }
}
